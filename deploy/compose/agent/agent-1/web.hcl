service {
  name = "web"
  port = 8080
  tags = ["demo"]

  check {
    name     = "web answers"
    http     = "http://127.0.0.1:8080/healthz"
    interval = "2s"
    timeout  = "2s"
  }

  connect {
    sidecar_service {
      checks = [
        { name = "sidecar listens", tcp = "127.0.0.1:21000", interval = "2s", timeout = "2s" },
        { name = "web itself", alias_service = "web" },
      ]

      proxy {
        upstreams { destination_name = "api", local_bind_port = 9191 }
      }
    }
  }
}
