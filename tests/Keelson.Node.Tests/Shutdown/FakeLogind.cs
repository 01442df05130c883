using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using Keelson.Nodes.Bus;
using Keelson.Nodes.Linux;

namespace Keelson.Nodes.Tests.Shutdown;

/// <summary>A bus with a logind and a systemd behind it, for one client.</summary>
internal sealed partial class FakeLogind : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Channel<string> _calls = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private Socket? _client;

    public FakeLogind(string path)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _serving = ServeAsync();
    }

    /// <summary>How long logind lets itself be held back, in microseconds.</summary>
    public ulong Delay { get; set; } = 5_000_000;

    /// <summary>What it becomes when logind reads its files again.</summary>
    public ulong DelayAfterReload { get; set; } = 30_000_000;

    /// <summary>The other end of the last lock: it ends when the lock is let go.</summary>
    public AnonymousPipeServerStream? Lock { get; private set; }

    /// <summary>What is called next.</summary>
    public async Task<string> CallAsync() => await _calls.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Tells that the machine goes down, or does not after all.</summary>
    public async Task SignalAsync(bool isGoingDown)
    {
        BusWriter body = new();
        body.Number(isGoingDown ? 1u : 0);
        await _client!.SendAsync(new BusMessage
        {
            Type = BusMessage.Signal,
            Serial = 99,
            Path = "/org/freedesktop/login1",
            Interface = "org.freedesktop.login1.Manager",
            Member = "PrepareForShutdown",
            Signature = "b",
            Body = body.Written,
        }.Write());
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
        if (Lock is not null)
        {
            await Lock.DisposeAsync();
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            using Socket client = await _listener.AcceptAsync(_stop.Token);
            _client = client;
            await using NetworkStream stream = new(client);
            await LineAsync(stream);
            await stream.WriteAsync("OK 0123456789abcdef\r\n"u8.ToArray(), _stop.Token);
            await LineAsync(stream);
            await stream.WriteAsync("AGREE_UNIX_FD\r\n"u8.ToArray(), _stop.Token);
            await LineAsync(stream);
            while (true)
            {
                byte[] start = new byte[BusMessage.LengthSize];
                await stream.ReadExactlyAsync(start, _stop.Token);
                byte[] rest = new byte[BusMessage.LengthOf(start) - start.Length];
                await stream.ReadExactlyAsync(rest, _stop.Token);
                BusMessage call = BusMessage.Read([.. start, .. rest]);
                Answer(client, call);
                _calls.Writer.TryWrite($"{call.Destination} {call.Member} {TextOf(call)}".TrimEnd());
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task LineAsync(NetworkStream stream)
    {
        byte[] one = new byte[1];
        while (one[0] != '\n')
        {
            await stream.ReadExactlyAsync(one, _stop.Token);
        }
    }

    private void Answer(Socket client, BusMessage call)
    {
        BusWriter body = new();
        string signature = "";
        if (call.Member == "Get")
        {
            body.Signature("t");
            body.LongNumber(Delay);
            signature = "v";
        }
        else if (call.Member == "Inhibit")
        {
            body.Number(0);
            signature = "h";
        }
        else if (call.Member == "KillUnit")
        {
            Delay = DelayAfterReload;
        }

        BusMessage reply = new()
        {
            Type = BusMessage.Reply,
            Serial = call.Serial,
            ReplySerial = call.Serial,
            Signature = signature,
            Body = body.Written,
            Descriptors = signature == "h" ? 1u : 0,
        };
        if (signature == "h")
        {
            Lock = new(PipeDirection.In);
            SendWith(client, reply.Write(), (int)Lock.ClientSafePipeHandle.DangerousGetHandle());
            Lock.DisposeLocalCopyOfClientHandle();
        }
        else
        {
            client.Send(reply.Write());
        }
    }

    private static string TextOf(BusMessage call)
    {
        BusReader reader = new(call.Body);
        StringBuilder text = new();
        foreach (char type in call.Signature)
        {
            text.Append(type == 's' ? reader.Text() : reader.Number()).Append(' ');
        }

        return text.ToString();
    }

    /// <summary>Sends bytes with a descriptor beside them.</summary>
    private static unsafe void SendWith(Socket socket, byte[] bytes, int descriptor)
    {
        const int controlSize = 24;
        byte* control = stackalloc byte[controlSize];
        *(long*)control = controlSize - sizeof(int);
        ((int*)control)[2] = 1;
        ((int*)control)[3] = 1;
        ((int*)control)[4] = descriptor;
        fixed (byte* data = bytes)
        {
            LinuxCalls.IoVector vector = new() { Base = data, Length = bytes.Length };
            LinuxCalls.MessageHeader header = new()
            {
                Vectors = &vector, VectorCount = 1, Control = control, ControlLength = controlSize,
            };
            Assert.Equal(bytes.Length, SendMessage((int)socket.Handle, &header, 0));
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static unsafe partial nint SendMessage(
        int socket, LinuxCalls.MessageHeader* message, int flags);
}
