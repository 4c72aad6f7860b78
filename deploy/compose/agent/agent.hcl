datacenter = "dc1"
data_dir   = "/consul/data"
retry_join = ["server-1", "server-2", "server-3"]

# HTTPS for other machines, by certificate; plain HTTP is for this one.
ports     { https = 8501 }
addresses { https = "0.0.0.0" }

connect { enabled = true }

ca_file                = "/consul/secrets/ca.pem"
cert_file              = "/consul/secrets/cert.pem"
key_file               = "/consul/secrets/key.pem"
verify_incoming        = true
verify_outgoing        = true
verify_server_hostname = true
