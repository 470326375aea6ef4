# SPDX-License-Identifier: MIT
# usage: rails.rb <cases in JSON>
# As serve.mjs, by ActionController::Live::SSE of Rails, on Puma.
require 'action_controller'
require 'json'
require 'puma'

ActionDispatch::Cookies  # is loaded now: Live asks a request for them
CASES = JSON.parse(ARGV.first)

class Events < ActionController::Metal
  include ActionController::Live

  def show
    response.headers['Content-Type'] = 'text/event-stream'
    sse = SSE.new(response.stream)
    [CASES[File.basename(request.path).to_i], {'data' => 'end'}].each do |event|
      sse.write(event['data'], {event: event['type'], id: event['id'], retry: event['retry']}.compact)
    end
  ensure
    sse.close
  end
end

server = Puma::Server.new(Events.action(:show), Puma::Events.null)
server.add_tcp_listener('127.0.0.1', 0)
server.run
$stdout.puts JSON.generate(port: server.connected_ports.first, lacks: %w[comment],
                           runtime: "ruby #{RUBY_VERSION}")
$stdout.flush
$stdin.read
exit!
