# SPDX-License-Identifier: MIT
# Varnish in front of a server of event streams:
#     varnishd -a :8000 -f /etc/varnish/varnish.vcl -p pipe_timeout=60 -p thread_pool_max=5000
# Quiet for `pipe_timeout` seconds, a stream is cut off: heartbeats have to come more often. A
# stream takes a thread as long as it lasts; of `thread_pool_max` there are two pools.
vcl 4.1;

backend default {
  .host = "127.0.0.1";
  .port = "8080";
}

sub vcl_recv {
  # Without this a stream that does not say `no-store` is kept, and who comes later gets the old
  # events. With `pass` in place of `pipe` the server learns at a later heartbeat that a client
  # has left, and the first event of a stream without chunks may wait for the second.
  if (req.url ~ "^/events") {
    return (pipe);
  }
}

sub vcl_pipe {
  # Or what follows on the connection would go to the same server, whatever it asks for.
  set bereq.http.Connection = "close";
}
