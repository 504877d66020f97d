# Ruby's Rack (under Rails and Sinatra), asked by the tests: README.md has the protocol.

require 'json'
require 'rack'
require 'stringio'

SUBJECTS = %w[multipart form json cookie].freeze

def encoded(text)
  { base64: [text.to_s.b].pack('m0') }
end

# Names and values as Rack nests them.
def pairs(values, role = 'name part')
  values.flat_map do |key, value|
    own = [[role, encoded(key)]]
    own + inner(value)
  end
end

def inner(value)
  case value
  when Hash then file?(value) ? file(value) : pairs(value, 'name part')
  when Array then value.flat_map { |one| inner(one) }
  when nil then []
  else [['value', encoded(value)]]
  end
end

def file?(value)
  value.key?(:tempfile)
end

def file(value)
  value[:tempfile].rewind
  [['value', encoded(value[:filename])], ['content', encoded(value[:tempfile].read)]]
end

def leaves(parsed)
  case parsed
  when Hash then parsed.flat_map { |key, value| [['name part', encoded(key)]] + leaves(value) }
  when Array then parsed.flat_map { |value| leaves(value) }
  when Numeric then [['number', parsed.to_s]]
  when nil then []
  else [['value', encoded(parsed)]]
  end
end

def read(subject, headers, body)
  env = { 'REQUEST_METHOD' => 'POST', 'CONTENT_LENGTH' => body.bytesize.to_s, 'rack.input' => StringIO.new(body),
          'rack.errors' => StringIO.new, 'QUERY_STRING' => '' }
  headers.each do |name, value|
    key = name.upcase.tr('-', '_')
    env[%w[CONTENT_TYPE CONTENT_LENGTH].include?(key) ? key : "HTTP_#{key}"] = value.encode('iso-8859-1').b
  end
  request = Rack::Request.new(env)
  case subject
  when 'cookie' then pairs(request.cookies)
  when 'json' then leaves(JSON.parse(body))
  else pairs(request.POST)
  end
rescue StandardError
  []
end

def say(value)
  $stdout.puts(JSON.generate(value))
  $stdout.flush
end

Rack::Utils.multipart_total_part_limit = 0 if Rack::Utils.respond_to?(:multipart_total_part_limit=)
$stdin.binmode
say(parsers: { Rack: { version: Rack.release, subjects: SUBJECTS } }, missing: {})
while (prefix = $stdin.read(4))
  question = JSON.parse($stdin.read(prefix.unpack1('N')))
  body = $stdin.read($stdin.read(4).unpack1('N')) || ''.b
  say(Rack: read(question['subject'], question['headers'], body))
end
