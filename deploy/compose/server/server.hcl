datacenter       = "dc1"
data_dir         = "/consul/data"
bootstrap_expect = 3
retry_join       = ["server-1", "server-2", "server-3"]

# Elections as on machines of their own; the default is for small, busy ones.
performance { raft_multiplier = 1 }

connect { enabled = true }

ca_file                = "/consul/secrets/ca.pem"
cert_file              = "/consul/secrets/cert.pem"
key_file               = "/consul/secrets/key.pem"
verify_incoming        = true
verify_outgoing        = true
verify_server_hostname = true
