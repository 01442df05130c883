using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Bus;

/// <summary>
/// A connection to a D-Bus: calls, of which any number may be under way at once, signals, and the file descriptors that
/// come with replies.
/// </summary>
internal sealed class SystemBus : IAsyncDisposable
{
    private const string Name = "org.freedesktop.DBus";
    private const string Path = "/org/freedesktop/DBus";
    private const int TryAgain = 11;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Dictionary<uint, TaskCompletionSource<BusReply>> _calls = [];
    private readonly SemaphoreSlim _sending = new(1);
    private readonly List<byte> _received = [];
    private readonly Queue<int> _descriptors = [];
    private readonly byte[] _peek = new byte[1];
    private readonly Action<BusMessage> _signalled;
    private readonly CancellationTokenSource _stop = new();
    private Task _receiving = Task.CompletedTask;
    private Exception? _end;
    private uint _serial;

    private SystemBus(Action<BusMessage> signalled) => _signalled = signalled;

    /// <summary>True when the other end has hung up: nothing can be called any more.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_calls)
            {
                return _end is not null;
            }
        }
    }

    /// <summary>Completes when the connection is at its end; it never fails.</summary>
    public Task Ended => _receiving;

    /// <summary>A connection to the bus that listens at a socket.</summary>
    /// <param name="socket">The socket's path.</param>
    /// <param name="signalled">Is given each signal that comes, in order; it must not wait for anything.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<SystemBus> ConnectAsync(
        string socket, Action<BusMessage> signalled, CancellationToken cancellationToken)
    {
        SystemBus bus = await ConnectAsync(socket, signalled, takesDescriptors: true, cancellationToken);
        try
        {
            await bus.CallAsync(Name, Path, Name, "Hello", "", [], cancellationToken);
            return bus;
        }
        catch
        {
            await bus.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection to a single service without a bus between, as systemd has one for root at
    /// <c>/run/systemd/private</c>. It sends its signals unasked.</summary>
    /// <inheritdoc cref="ConnectAsync(string, Action{BusMessage}, CancellationToken)"/>
    public static Task<SystemBus> ConnectDirectlyAsync(
        string socket, Action<BusMessage> signalled, CancellationToken cancellationToken) =>
        ConnectAsync(socket, signalled, takesDescriptors: false, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _receiving;
        _socket.Dispose();
        _sending.Dispose();
        _stop.Dispose();
        while (_descriptors.TryDequeue(out int descriptor))
        {
            LinuxCalls.Close(descriptor);
        }
    }

    /// <summary>Asks to be told of a signal.</summary>
    public Task MatchAsync(string rule, CancellationToken cancellationToken) =>
        CallAsync(Name, Path, Name, "AddMatch", "s", BusWriter.Texts(rule), cancellationToken);

    /// <summary>Calls a method and waits for the reply.</summary>
    /// <param name="destination">The service's name.</param>
    /// <param name="path">The object.</param>
    /// <param name="face">The object's face.</param>
    /// <param name="member">The method.</param>
    /// <param name="signature">The types of the values.</param>
    /// <param name="body">The values.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="BusException">The reply is an error.</exception>
    /// <exception cref="IOException">The other end has hung up.</exception>
    public async Task<BusReply> CallAsync(
        string destination,
        string path,
        string face,
        string member,
        string signature,
        byte[] body,
        CancellationToken cancellationToken)
    {
        TaskCompletionSource<BusReply> reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
        BusMessage call;
        lock (_calls)
        {
            if (_end is not null)
            {
                throw new IOException(_end.Message, _end);
            }

            call = new()
            {
                Serial = ++_serial,
                Destination = destination,
                Path = path,
                Interface = face,
                Member = member,
                Signature = signature,
                Body = body,
            };
            _calls[call.Serial] = reply;
        }

        try
        {
            await SendAsync(call.Write(), cancellationToken);
            return await reply.Task.WaitAsync(cancellationToken);
        }
        catch (SocketException exception)
        {
            // That nobody listens may be seen here before it is seen that nothing comes.
            lock (_calls)
            {
                _end ??= exception;
            }

            throw new IOException(exception.Message, exception);
        }
        finally
        {
            lock (_calls)
            {
                _calls.Remove(call.Serial);
            }
        }
    }

    private static async Task<SystemBus> ConnectAsync(
        string socket, Action<BusMessage> signalled, bool takesDescriptors, CancellationToken cancellationToken)
    {
        SystemBus bus = new(signalled);
        try
        {
            await bus._socket.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
            await bus.IntroduceAsync(takesDescriptors, cancellationToken);
            bus._receiving = Task.Run(bus.ReceiveAllAsync, CancellationToken.None);
            return bus;
        }
        catch
        {
            await bus.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says who this is; the kernel tells the bus that it is true.</summary>
    private async Task IntroduceAsync(bool takesDescriptors, CancellationToken cancellationToken)
    {
        string user = LinuxCalls.EffectiveUser().ToString(CultureInfo.InvariantCulture);
        await SendAsync(
            Encoding.ASCII.GetBytes($"\0AUTH EXTERNAL {Convert.ToHexString(Encoding.ASCII.GetBytes(user))}\r\n"),
            cancellationToken);
        await ExpectAsync("OK ", cancellationToken);
        if (takesDescriptors)
        {
            await SendAsync("NEGOTIATE_UNIX_FD\r\n"u8.ToArray(), cancellationToken);
            await ExpectAsync("AGREE_UNIX_FD", cancellationToken);
        }

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
        await _sending.WaitAsync(cancellationToken);
        try
        {
            // Half a message would spoil all that come after it, so what was begun is brought to its end.
            for (int sent = 0; sent < bytes.Length;)
            {
                sent += await _socket.SendAsync(bytes.AsMemory(sent), _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new IOException("the connection to the bus was closed");
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Hands out what comes until there is an end to it.</summary>
    private async Task ReceiveAllAsync()
    {
        Exception end;
        try
        {
            while (true)
            {
                Take(await ReceiveAsync(_stop.Token));
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or InvalidDataException)
        {
            end = exception;
        }
        catch (OperationCanceledException)
        {
            end = new IOException("the connection to the bus was closed");
        }

        TaskCompletionSource<BusReply>[] left;
        lock (_calls)
        {
            _end = end;
            left = [.. _calls.Values];
        }

        foreach (TaskCompletionSource<BusReply> one in left)
        {
            one.TrySetException(new IOException(end.Message, end));
        }
    }

    private void Take(BusMessage message)
    {
        List<int> descriptors = [];
        while (descriptors.Count < message.Descriptors && _descriptors.TryDequeue(out int descriptor))
        {
            descriptors.Add(descriptor);
        }

        if (message.Type == BusMessage.Signal)
        {
            _signalled(message);
            return;
        }

        TaskCompletionSource<BusReply>? call;
        lock (_calls)
        {
            _calls.Remove(message.ReplySerial, out call);
        }

        bool isTaken = message.Type == BusMessage.Reply
            ? call?.TrySetResult(new(message, descriptors)) == true
            : call?.TrySetException(new BusException(
                message.ErrorName,
                message.Signature.StartsWith('s') ? new BusReader(message.Body).Text() : message.ErrorName)) == true;
        if (!isTaken || message.Type != BusMessage.Reply)
        {
            descriptors.ForEach(static one => LinuxCalls.Close(one));
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
