# SPDX-License-Identifier: MIT
# usage: faye.rb <cases in JSON>
# As serve.mjs, by Faye::EventSource, on Puma.
require 'faye/websocket'
require 'json'
require 'puma'

CASES = JSON.parse(ARGV.first)
Faye::WebSocket.load_adapter('puma')

app = lambda do |env|
  source = Faye::EventSource.new(env)
  source.on(:open) do |_|
    [CASES[File.basename(env['PATH_INFO']).to_i], {'data' => 'end'}].each do |event|
      data = event['data']
      data = JSON.generate(data) unless data.is_a?(String)
      options = {event: event['type'], id: event['id']}.compact
      event['comment'] ? source.ping(event['comment']) : source.send(data, options)
    end
  end
  source.rack_response
end

server = Puma::Server.new(app, Puma::Events.null)
server.add_tcp_listener('127.0.0.1', 0)
server.run
$stdout.puts JSON.generate(port: server.connected_ports.first, runtime: "ruby #{RUBY_VERSION}",
                           lacks: %w[retry comment])
$stdout.flush
$stdin.read
exit!
