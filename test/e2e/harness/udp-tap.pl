# Keeps the datagrams of one port that reach a host, as they stood on the wire, and sends kept ones again from another host.
#
# Usage: perl udp-tap.pl keep PORT > FILE
#        perl udp-tap.pl replay PER_SECOND FILE...
#
# A record is the number of the link (1 byte), a length (2 bytes) and a frame. A replayed frame keeps its sender's and its receiver's address of IP;
# only the hardware address is that of the host which sends it, so that the switch goes on sending the real one's frames to the real one.
#
# Source: packet(7); numbers from linux/if_packet.h, linux/if_ether.h.
use strict;
use warnings;

my ($AF_PACKET, $SOCK_RAW, $ETH_P_ALL, $PACKET_OUTGOING) = (17, 3, 3, 4);

# A socket on the interface of one link.
sub open_link {
    my ($link) = @_;
    socket(my $socket, $AF_PACKET, $SOCK_RAW, unpack('S', pack('n', $ETH_P_ALL))) or die "no raw socket: $!\n";
    my $index = first_line("/sys/class/net/eth$link/ifindex");
    bind($socket, pack('S n i S C C a8', $AF_PACKET, $ETH_P_ALL, $index, 0, 0, 0, '')) or die "eth$link: $!\n";
    return $socket;
}

sub first_line {
    my ($path) = @_;
    open(my $file, '<', $path) or die "$path: $!\n";
    chomp(my $line = <$file>);
    return $line;
}

# Whether a frame is a datagram of IPv4 to the port.
sub is_datagram_to {
    my ($frame, $port) = @_;
    return 0 if length($frame) < 42 || unpack('n', substr($frame, 12, 2)) != 0x0800 || ord(substr($frame, 23, 1)) != 17;
    my $head = (ord(substr($frame, 14, 1)) & 15) * 4;
    return unpack('n', substr($frame, 14 + $head + 2, 2)) == $port;
}

sub keep {
    my ($port) = @_;
    my %sockets = map { $_ => open_link($_) } grep { -e "/sys/class/net/eth$_" } 0 .. 7;
    binmode STDOUT;
    while (1) {
        my $bits = '';
        vec($bits, fileno($_), 1) = 1 for values %sockets;
        select($bits, undef, undef, undef);
        for my $link (sort keys %sockets) {
            next unless vec($bits, fileno($sockets{$link}), 1);
            my $from = recv($sockets{$link}, my $frame, 65535, 0);
            next unless defined $from && unpack('x10 C', $from) != $PACKET_OUTGOING && is_datagram_to($frame, $port);
            syswrite(STDOUT, pack('C n/a*', $link, $frame));
        }
    }
}

sub replay {
    my ($per_second, @files) = @_;
    my (%sockets, %own);
    for my $path (@files) {
        open(my $file, '<:raw', $path) or die "$path: $!\n";
        my $all = do { local $/; <$file> };
        my $count = 0;
        while (length($all) >= 3 && length($all) >= 3 + unpack('x n', $all)) {
            my ($link, $frame) = unpack('C n/a*', $all);
            substr($all, 0, 3 + length($frame), '');
            $sockets{$link} //= open_link($link);
            $own{$link} //= pack('H12', first_line("/sys/class/net/eth$link/address") =~ s/://gr);
            substr($frame, 6, 6, $own{$link});
            # The sums of frames between two hosts of one machine are made by nobody; none at all is allowed.
            substr($frame, 14 + (ord(substr($frame, 14, 1)) & 15) * 4 + 6, 2, "\0\0");
            send($sockets{$link}, $frame, 0) or die "send: $!\n";
            select(undef, undef, undef, 0.02) if ++$count % ($per_second / 50 || 1) == 0;
        }
        print "$count\n";
    }
}

my $what = shift @ARGV // '';
if ($what eq 'keep') { keep(@ARGV) }
elsif ($what eq 'replay') { replay(@ARGV) }
else { die "keep or replay?\n" }
