# SPDX-License-Identifier: MIT
# usage: mikutter.rb <folder of mikutter>
# How mikutter reads the event stream of a Mastodon server.
require 'json'

module Plugin; module MastodonSseStreaming; module Middleware; end; end; end
def notice(error) = $noticed ||= error

folder = "#{ARGV.shift}/plugin/mastodon_sse_streaming/middleware"
require "#{folder}/chunk_to_line"
require "#{folder}/server_sent_events_json_parser"

$stdout.sync = true
puts JSON.generate(runtime: "ruby #{RUBY_VERSION}", takes: 'bytes', gives: [],
                   dress: {type: 'update', data: '{"content":"TEXT"}'})
$stdin.each_line do |line|
  $noticed = nil
  answer = {events: []}
  begin
    chunks = JSON.parse(line)['chunks'].map { |digits| [digits].pack('H*').force_encoding('UTF-8') }
    lines = Plugin::MastodonSseStreaming::Middleware::ChunkToLine.new(chunks)
    Plugin::MastodonSseStreaming::Middleware::ServerSentEventsJSONParser.new(lines).to_enum.each do |type, payload|
      answer[:events] << {data: payload[:content]} if type == 'update'
    end
    raise $noticed if $noticed
  rescue StandardError => error
    answer[:error] = "#{error.class}: #{error.message}"[0, 200]
  end
  puts JSON.generate(answer)
end
