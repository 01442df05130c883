#!/usr/bin/perl
# Answers over HTTP and UDP who it is and who asks: netexec [HTTP-PORT [UDP-PORT]]; 0 leaves one out.
my ($http, $udp) = (@ARGV, 8080, 8081)[0, 1];
$udp = 8081 if @ARGV < 2;
$SIG{TERM} = $SIG{INT} = sub { kill 'KILL', -$$; exit 0 };
setpgrp(0, 0);

open(my $file, '<', '/proc/sys/kernel/hostname') or die;
chomp(my $hostname = <$file>);
close $file;

sub address { my (undef, $port, $host) = unpack 'S n a4', shift; return join('.', unpack('C4', $host)) . ":$port" }

sub bound {
    my ($type, $port) = @_;
    socket(my $socket, 2, $type, 0) or die "socket: $!";
    setsockopt($socket, 1, 2, pack('l', 1));
    bind($socket, pack('S n a4 x8', 2, $port, "\0\0\0\0")) or die "bind $port: $!";
    return $socket;
}

sub serve_udp {
    my $socket = bound(2, $udp);
    while (1) {
        my $peer = recv($socket, my $asked, 4096, 0);
        defined $peer or next;
        $asked =~ s/\s+\z//;
        my $answer =
            $asked =~ /^hostname$/i ? $hostname
            : $asked =~ /^clientip$/i ? address($peer)
            : $asked =~ /^echo (.*)/is ? $1
            : "";
        send($socket, $answer, 0, $peer);
    }
}

sub answer {
    my ($client, $peer) = @_;
    my ($first, $length) = (scalar <$client>, 0);
    defined $first or return;
    while (defined(my $line = <$client>)) {
        $length = $1 if $line =~ /^content-length:\s*(\d+)/i;
        last if $line =~ /^\r?\n$/;
    }

    read($client, my $sent, $length) if $length > 0;
    my ($method, $target) = split ' ', $first;
    my ($path, $query) = split /\?/, $target, 2;
    my ($code, $body) = ('200 OK', '');
    if ($path eq '/hostname' or $path eq '/hostName') { $body = $hostname }
    elsif ($path eq '/clientip') { $body = address($peer) }
    elsif ($path eq '/echo') { ($body) = ($query // '') =~ /msg=([^&]*)/; $body //= '' }
    elsif ($path eq '/healthz') { $body = 'ok' }
    else { $body = "{\"Method\":\"$method\",\"Path\":\"$target\",\"Body\":\"foo\"}" }
    my $size = length $body;
    $body = '' if $method eq 'HEAD';
    print $client "HTTP/1.1 $code\r\nContent-Length: $size\r\nConnection: close\r\n\r\n$body";
}

if ($udp) {
    my $child = fork() // die;
    if ($child == 0) { serve_udp(); exit 1 }
}

if (!$http) { wait; exit 1 }

$SIG{CHLD} = 'IGNORE';
my $listening = bound(1, $http);
listen($listening, 128) or die "listen: $!";
while (1) {
    my $peer = accept(my $client, $listening) or next;
    if (fork() // next) { close $client; next }
    close $listening;
    select($client); $| = 1; select(STDOUT);
    answer($client, $peer);
    close $client;
    exit 0;
}
