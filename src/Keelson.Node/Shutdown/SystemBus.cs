using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Shutdown;

/// <summary>A connection to a D-Bus: calls, signals, and the file descriptors that come with replies.</summary>
internal sealed class SystemBus : IDisposable
{
    private const string Name = "org.freedesktop.DBus";
    private const int TryAgain = 11;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<byte> _received = [];
    private readonly Queue<int> _descriptors = [];
    private readonly Queue<BusMessage> _signals = [];
    private readonly byte[] _peek = new byte[1];
    private uint _serial;

    private SystemBus()
    {
    }

    /// <summary>A connection to the bus that listens at a socket.</summary>
    public static async Task<SystemBus> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        SystemBus bus = new();
        try
        {
            await bus._socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            await bus.IntroduceAsync(cancellationToken);
            await bus.CallAsync(Name, "/org/freedesktop/DBus", Name, "Hello", "", [], cancellationToken);
            return bus;
        }
        catch
        {
            bus.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        while (_descriptors.TryDequeue(out int descriptor))
        {
            LinuxCalls.Close(descriptor);
        }
    }

    /// <summary>Asks to be told of a signal.</summary>
    public Task MatchAsync(string rule, CancellationToken cancellationToken) =>
        CallAsync(
            Name, "/org/freedesktop/DBus", Name, "AddMatch", "s", BusWriter.Texts(rule), cancellationToken);

    /// <summary>The body of the reply to a call.</summary>
    public async Task<BusReader> CallAsync(
        string destination,
        string path,
        string face,
        string member,
        string signature,
        byte[] body,
        CancellationToken cancellationToken)
    {
        BusMessage call = new()
        {
            Serial = ++_serial,
            Destination = destination,
            Path = path,
            Interface = face,
            Member = member,
            Signature = signature,
            Body = body,
        };
        await SendAsync(call.Write(), cancellationToken);
        while (true)
        {
            BusMessage message = await ReceiveAsync(cancellationToken);
            if (message.Type == BusMessage.Signal)
            {
                _signals.Enqueue(message);
            }
            else if (message.ReplySerial == call.Serial)
            {
                return message.Type == BusMessage.Reply
                    ? new(message.Body)
                    : throw new IOException(
                        message.Signature.StartsWith('s') ? new BusReader(message.Body).Text() : message.ErrorName);
            }
        }
    }

    /// <summary>The descriptor that came with the last reply.</summary>
    public int TakeDescriptor() =>
        _descriptors.TryDequeue(out int one) ? one : throw new IOException("the reply has no file descriptor");

    /// <summary>The next signal.</summary>
    public async Task<BusMessage> NextSignalAsync(CancellationToken cancellationToken)
    {
        if (_signals.TryDequeue(out BusMessage? waiting))
        {
            return waiting;
        }

        while (true)
        {
            BusMessage message = await ReceiveAsync(cancellationToken);
            if (message.Type == BusMessage.Signal)
            {
                return message;
            }
        }
    }

    /// <summary>Says who this is; the kernel tells the bus that it is true.</summary>
    private async Task IntroduceAsync(CancellationToken cancellationToken)
    {
        string user = LinuxCalls.EffectiveUser().ToString(CultureInfo.InvariantCulture);
        await SendAsync(
            Encoding.ASCII.GetBytes($"\0AUTH EXTERNAL {Convert.ToHexString(Encoding.ASCII.GetBytes(user))}\r\n"),
            cancellationToken);
        await ExpectAsync("OK ", cancellationToken);
        await SendAsync("NEGOTIATE_UNIX_FD\r\n"u8.ToArray(), cancellationToken);
        await ExpectAsync("AGREE_UNIX_FD", cancellationToken);
        await SendAsync("BEGIN\r\n"u8.ToArray(), cancellationToken);
    }

    private async Task ExpectAsync(string start, CancellationToken cancellationToken)
    {
        int end;
        while ((end = _received.IndexOf((byte)'\n')) < 0)
        {
            await FillAsync(cancellationToken);
        }

        string line = Encoding.ASCII.GetString([.. _received[..end]]).TrimEnd('\r');
        _received.RemoveRange(0, end + 1);
        if (!line.StartsWith(start, StringComparison.Ordinal))
        {
            throw new IOException("the bus refuses: " + line);
        }
    }

    private async Task SendAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += await _socket.SendAsync(bytes.AsMemory(sent), cancellationToken);
        }
    }

    private async Task<BusMessage> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (_received.Count < BusMessage.LengthSize)
        {
            await FillAsync(cancellationToken);
        }

        int length = BusMessage.LengthOf([.. _received[..BusMessage.LengthSize]]);
        while (_received.Count < length)
        {
            await FillAsync(cancellationToken);
        }

        BusMessage message = BusMessage.Read([.. _received[..length]]);
        _received.RemoveRange(0, length);
        return message;
    }

    /// <summary>Waits until there is something, and takes it: .NET's sockets do not give what comes beside the bytes.
    /// </summary>
    private async Task FillAsync(CancellationToken cancellationToken)
    {
        await _socket.ReceiveAsync(_peek, SocketFlags.Peek, cancellationToken);
        TakeAvailable();
    }

    private unsafe void TakeAvailable()
    {
        Span<byte> bytes = stackalloc byte[1024];
        Span<byte> control = stackalloc byte[64];
        fixed (byte* data = bytes)
        fixed (byte* beside = control)
        {
            LinuxCalls.IoVector vector = new() { Base = data, Length = bytes.Length };
            LinuxCalls.MessageHeader header = new()
            {
                Vectors = &vector, VectorCount = 1, Control = beside, ControlLength = control.Length,
            };
            int flags = LinuxCalls.ReceiveNoWait | LinuxCalls.ReceiveCloseOnExec;
            nint length = LinuxCalls.ReceiveMessage((int)_socket.Handle, &header, flags);
            if (length < 0 && Marshal.GetLastPInvokeError() == TryAgain)
            {
                return;
            }

            if (length <= 0)
            {
                throw new IOException("the bus has hung up");
            }

            _received.AddRange(bytes[..(int)length]);
            AddDescriptors(control[..(int)header.ControlLength]);
        }
    }

    private void AddDescriptors(ReadOnlySpan<byte> control)
    {
        // A length of 64 bits, a level and a type, of which only descriptors are ever sent; then the descriptors.
        const int start = 16;
        if (control.Length <= start)
        {
            return;
        }

        int length = (int)MemoryMarshal.Read<long>(control);
        foreach (int one in MemoryMarshal.Cast<byte, int>(control[start..length]))
        {
            _descriptors.Enqueue(one);
        }
    }
}
