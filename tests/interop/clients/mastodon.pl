# SPDX-License-Identifier: MIT
# The streams of Mastodon::Client.
use strict;
use warnings;
use JSON::MaybeXS qw(decode_json encode_json);
use Mastodon::Listener;

$| = 1;
open my $out, '>&', \*STDOUT;
$out->autoflush(1);
print $out encode_json({runtime => "perl $^V", gives => [],
    dress => {type => 'update', data => '{"content":"TEXT"}'}}), "\n";
while (my $line = <STDIN>) {
  my (@events, $error);
  my $url = decode_json($line)->{url};
  eval {
    local $SIG{ALRM} = sub { die "no end\n" };
    alarm 4;
    my $listener = Mastodon::Listener->new(
      url => $url, instance => 'http://127.0.0.1', access_token => 'none');
    $listener->on(update => sub { push @events, {data => $_[1]{content}} });
    $listener->on(error => sub { $error //= "error: $_[2]" });
    $listener->start;
    alarm 0;
  };
  $error //= $@ if $@;
  my $answer = {events => \@events};
  $answer->{error} = substr $error, 0, 200 if $error;
  print $out encode_json($answer), "\n";
}
