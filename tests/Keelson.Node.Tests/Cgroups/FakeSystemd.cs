using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Keelson.Nodes.Bus;
using Keelson.Nodes.Cgroups;

namespace Keelson.Nodes.Tests.Cgroups;

/// <summary>
/// A systemd that makes slices in a tree of control groups, at the end of a bus or of a socket of its own. It knows
/// what it was told and nothing more.
/// </summary>
internal sealed class FakeSystemd : IAsyncDisposable
{
    private const string Manager = "org.freedesktop.systemd1.Manager";

    private static readonly string[] Files =
    [
        "cgroup.procs", "cgroup.controllers", "cgroup.subtree_control", "cpu.weight", "cpu.max", "memory.max",
        "memory.stat", "pids.max",
    ];

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentBag<Task> _clients = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly string _tree;
    private readonly bool _isBus;
    private readonly Task _serving;
    private CancellationTokenSource _connections = new();
    private uint _jobs;

    public FakeSystemd(string socket, string tree, bool isBus)
    {
        (_tree, _isBus) = (tree, isBus);
        Group("");
        _listener.Bind(new UnixDomainSocketEndPoint(socket));
        _listener.Listen();
        _serving = AcceptAsync();
    }

    /// <summary>Its version.</summary>
    public string Version { get; set; } = "252.30-1~deb12u2";

    /// <summary>How jobs end.</summary>
    public string Result { get; set; } = "done";

    /// <summary>Whether it tells that a job is over before it says which job it is.</summary>
    public bool IsHasty { get; set; }

    /// <summary>What each unit was told: <c>MemoryMax</c> → <c>1024</c>.</summary>
    public ConcurrentDictionary<string, ConcurrentDictionary<string, string>> Units { get; } = new();

    /// <summary>What was called, but for looking: <c>StartTransientUnit kubepods.slice</c>.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Where a group is.</summary>
    public string Group(string path)
    {
        string directory = Path.Combine(_tree, path.Trim('/'));
        Directory.CreateDirectory(directory);
        foreach (string file in Files.Where(file => !File.Exists(Path.Combine(directory, file))))
        {
            File.WriteAllText(Path.Combine(directory, file), file == "cgroup.controllers" ? "cpu memory pids" : "");
        }

        return directory;
    }

    /// <summary>What is in a file of a group.</summary>
    public string File_(string path) => File.ReadAllText(Path.Combine(_tree, path.Trim('/')));

    /// <summary>Hangs up on everybody; who connects again is served.</summary>
    public async Task HangUpAsync()
    {
        CancellationTokenSource before = Interlocked.Exchange(ref _connections, new());
        await before.CancelAsync();
        await Task.WhenAll(_clients);
        before.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        await HangUpAsync();
        _connections.Dispose();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptAsync(_stop.Token);
                _clients.Add(ServeAsync(client, _connections.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken stop)
    {
        try
        {
            using Socket own = client;
            await using NetworkStream stream = new(client);
            Assert.StartsWith("\0AUTH EXTERNAL ", await LineAsync(stream, stop), StringComparison.Ordinal);
            await stream.WriteAsync("OK 0123456789abcdef\r\n"u8.ToArray(), stop);
            if (_isBus)
            {
                Assert.Equal("NEGOTIATE_UNIX_FD\r\n", await LineAsync(stream, stop));
                await stream.WriteAsync("AGREE_UNIX_FD\r\n"u8.ToArray(), stop);
            }

            Assert.Equal("BEGIN\r\n", await LineAsync(stream, stop));
            while (true)
            {
                byte[] start = new byte[BusMessage.LengthSize];
                await stream.ReadExactlyAsync(start, stop);
                byte[] rest = new byte[BusMessage.LengthOf(start) - start.Length];
                await stream.ReadExactlyAsync(rest, stop);
                await AnswerAsync(stream, BusMessage.Read([.. start, .. rest]), stop);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
        {
            // The client went, or was hung up on.
        }
    }

    private static async Task<string> LineAsync(NetworkStream stream, CancellationToken stop)
    {
        StringBuilder line = new();
        byte[] one = new byte[1];
        do
        {
            await stream.ReadExactlyAsync(one, stop);
            line.Append((char)one[0]);
        }
        while (one[0] != '\n');
        return line.ToString();
    }

    private async Task AnswerAsync(NetworkStream stream, BusMessage call, CancellationToken stop)
    {
        BusReader values = new(call.Body);
        BusWriter reply = new();
        string signature = "";
        string error = "";
        string job = "";
        string unit = call.Signature.StartsWith('s') ? values.Text() : "";
        switch (call.Member)
        {
            case "Get":
                reply.Signature("s");
                reply.Text(Version);
                signature = "v";
                break;
            case "StartTransientUnit" when Units.ContainsKey(unit):
                error = "UnitExists";
                break;
            case "StartTransientUnit" or "StartUnit":
                values.Text();
                Read(unit, call.Member == "StartUnit" ? null : values);
                Group(PathOf(unit));
                job = unit;
                break;
            case "StopUnit" when Units.TryRemove(unit, out _):
                Directory.Delete(Group(PathOf(unit)), recursive: true);
                job = unit;
                break;
            case "SetUnitProperties" when Units.ContainsKey(unit):
                Assert.Equal(1u, values.Number());
                Read(unit, values);
                break;
            case "SetUnitProperties" or "StopUnit":
                error = "NoSuchUnit";
                break;
        }

        if (call.Member is not ("Get" or "Hello" or "AddMatch"))
        {
            Calls.Enqueue($"{call.Member} {unit}");
        }

        BusMessage? over = null;
        if (job.Length > 0)
        {
            uint number = Interlocked.Increment(ref _jobs);
            string path = string.Create(CultureInfo.InvariantCulture, $"/org/freedesktop/systemd1/job/{number}");
            reply.Text(path);
            signature = "o";
            over = Over(number, path, job);
        }

        BusMessage answer = new()
        {
            Type = error.Length > 0 ? BusMessage.Error : BusMessage.Reply,
            Serial = call.Serial,
            ReplySerial = call.Serial,
            ErrorName = error.Length > 0 ? "org.freedesktop.systemd1." + error : "",
            Signature = error.Length > 0 ? "s" : signature,
            Body = error.Length > 0 ? BusWriter.Texts($"Unit {unit}: {error}") : reply.Written,
        };
        foreach (BusMessage one in (IsHasty ? [over, answer] : (BusMessage?[])[answer, over]).OfType<BusMessage>())
        {
            await stream.WriteAsync(one.Write(), stop);
        }
    }

    private BusMessage Over(uint number, string path, string unit)
    {
        BusWriter body = new();
        body.Number(number);
        body.Text(path);
        body.Text(unit);
        body.Text(Result);
        return new()
        {
            Type = BusMessage.Signal,
            Serial = 1000 + number,
            Path = "/org/freedesktop/systemd1",
            Interface = Manager,
            Member = "JobRemoved",
            Signature = "uoss",
            Body = body.Written,
        };
    }

    /// <summary>Takes in properties: <c>a(sv)</c>.</summary>
    private void Read(string unit, BusReader? values)
    {
        ConcurrentDictionary<string, string> known = Units.GetOrAdd(unit, static _ => new());
        if (values is null)
        {
            return;
        }

        uint length = values.Number();
        values.Align(8);
        int end = values.Position + (int)length;
        while (values.Position < end)
        {
            values.Align(8);
            string name = values.Text();
            known[name] = values.Signature() switch
            {
                "b" => values.Number() == 1 ? "yes" : "no",
                "t" => values.LongNumber().ToString(CultureInfo.InvariantCulture),
                "s" => values.Text(),
                "as" => Texts(values),
                var other => throw new InvalidDataException(other),
            };
        }

        Assert.Equal(end, values.Position);
    }

    private static string Texts(BusReader values)
    {
        List<string> texts = [];
        uint length = values.Number();
        int end = values.Position + (int)length;
        while (values.Position < end)
        {
            texts.Add(values.Text());
        }

        return string.Join(' ', texts);
    }

    private static string PathOf(string unit) => CgroupName.OfSlice(unit).SlicePath;
}
