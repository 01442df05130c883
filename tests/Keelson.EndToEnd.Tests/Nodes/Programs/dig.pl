#!/usr/bin/perl
# Looks a name up as resolv.conf says: dig [+tcp] NAME [TYPE]. Prints NAME TYPE DATA, a line for each answer.
my %types = (A => 1, CNAME => 5, PTR => 12, AAAA => 28, SRV => 33);
my %names = reverse %types;
my $tcp = @ARGV && $ARGV[0] eq '+tcp' ? shift @ARGV : '';
my ($name, $type) = (@ARGV, 'A');
my ($server, $ndots, @search) = ('', 1);
open(my $conf, '<', '/etc/resolv.conf') or die "resolv.conf: $!";
while (<$conf>) {
    $server ||= $1 if /^nameserver\s+(\S+)/;
    @search = split ' ', $1 if /^search\s+(.*)/;
    $ndots = $1 if /ndots:(\d+)/;
}

my $full = $name =~ /\.\z/;
my $dots = () = $name =~ /\./g;
my @tries = $full ? ($name) : $dots >= $ndots ? ($name, map { "$name.$_" } @search) : ((map { "$name.$_" } @search), $name);
alarm 10;

sub ask {
    my ($asked) = @_;
    $asked =~ s/\.\z//;
    my $message = pack('n n n n n n', $$ & 0xffff, 0x0100, 1, 0, 0, 0)
        . join('', map { pack('C/a', $_) } split /\./, $asked) . pack('C n n', 0, $types{$type}, 1);
    socket(my $socket, 2, $tcp ? 1 : 2, 0) or die "socket: $!";
    connect($socket, pack('S n C4 x8', 2, 53, split /\./, $server)) or die "connect: $!";
    if (!$tcp) {
        send($socket, $message, 0) // die "send: $!";
        defined recv($socket, my $answer, 65536, 0) or die "recv: $!";
        return $answer;
    }

    syswrite($socket, pack('n/a', $message));
    my $answer = '';
    while (length $answer < 2 || length $answer < 2 + unpack('n', $answer)) {
        sysread($socket, $answer, 65536, length $answer) or die "the server hung up";
    }

    return substr $answer, 2;
}

sub name_at {
    my ($message, $at) = @_;
    my ($labels, $after) = ([], undef);
    while ((my $size = ord substr $message, $at, 1) > 0) {
        if ($size >= 192) {
            $after //= $at + 2;
            $at = unpack('n', substr $message, $at, 2) & 0x3fff;
            next;
        }

        push @$labels, substr $message, $at + 1, $size;
        $at += 1 + $size;
    }

    return (join('.', @$labels) . '.', $after // $at + 1);
}

for my $asked (@tries) {
    my $message = ask($asked);
    my (undef, $flags, undef, $count) = unpack 'n n n n', $message;
    my (undef, $at) = name_at($message, 12);
    $at += 4;
    next if ($flags & 15) || $count == 0;
    for (1 .. $count) {
        (my $owner, $at) = name_at($message, $at);
        my ($is, undef, undef, $size) = unpack 'n n N n', substr $message, $at, 10;
        my $data = substr $message, $at + 10, $size;
        my $text =
            $is == 1 ? join('.', unpack 'C4', $data)
            : $is == 28 ? join(':', map { sprintf '%x', $_ } unpack 'n8', $data)
            : $is == 33 ? join(' ', unpack('n n n', $data), (name_at($message, $at + 16))[0])
            : (name_at($message, $at + 10))[0];
        print "$owner ", $names{$is} // $is, " $text\n";
        $at += 10 + $size;
    }

    exit 0;
}

print STDERR "$name: nothing found\n";
exit 1;
