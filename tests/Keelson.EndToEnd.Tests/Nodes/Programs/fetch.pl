#!/usr/bin/perl
# Asks a server: fetch tcp HOST PORT [PATH], fetch udp HOST PORT MESSAGE, fetch connect HOST PORT; -t SECONDS bounds it.
my $seconds = 5;
if (@ARGV && $ARGV[0] eq '-t') { shift; $seconds = shift }
my ($how, $host, $port, $what) = @ARGV;
$SIG{ALRM} = sub { print STDERR "timed out\n"; exit 124 };
alarm $seconds;
my $address = gethostbyname($host) or do { print STDERR "$host is not known\n"; exit 6 };
my $type = $how eq 'udp' ? 2 : 1;
socket(my $socket, 2, $type, 0) or die "socket: $!";
connect($socket, pack('S n a4 x8', 2, $port, $address)) or do { print STDERR "connect: $!\n"; exit 7 };
exit 0 if $how eq 'connect';
if ($how eq 'udp') {
    send($socket, $what, 0) // do { print STDERR "send: $!\n"; exit 7 };
    defined recv($socket, my $answer, 65536, 0) or do { print STDERR "recv: $!\n"; exit 7 };
    print $answer, "\n";
    exit 0;
}

select($socket); $| = 1; select(STDOUT);
my $path = $what // '/';
print $socket "GET $path HTTP/1.0\r\nHost: $host\r\nConnection: close\r\n\r\n";
my $status = <$socket> // '';
while (defined(my $line = <$socket>)) { last if $line =~ /^\r?\n$/ }
local $/;
my $body = <$socket>;
print $body // '', "\n";
exit($status =~ m{^HTTP/\S+ 200} ? 0 : 22);
