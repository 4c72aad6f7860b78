service {
  name = "api"
  port = 9090
  tags = ["demo"]

  check {
    name     = "api answers"
    http     = "http://127.0.0.1:9090/healthz"
    interval = "2s"
    timeout  = "2s"
  }

  connect {
    sidecar_service {
      checks = [
        { name = "sidecar listens", tcp = "127.0.0.1:21000", interval = "2s", timeout = "2s" },
        { name = "api itself", alias_service = "api" },
      ]
    }
  }
}
