using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;

namespace Keelson.Nodes.Runtime;

/// <summary>
/// Ends shims that containerd no longer knows: from 2.0 on it forgets that of a sandbox whose process was killed (its
/// issue 10421), and any version may when it is killed itself while it makes one. Each would stay until the machine
/// is restarted.
/// </summary>
/// <param name="socket">Where containerd listens; a shim is told so.</param>
/// <param name="processes">Where processes are shown.</param>
internal sealed class ForgottenShims(string socket, string processes = "/proc")
{
    private const int Terminate = 15;
    private const string Namespace = "k8s.io";
    private const string Sockets = "/run/containerd/s";

    // A shim works in the directory of its bundle, which containerd removes when it lets go of it.
    private const string Removed = " (deleted)";

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    private readonly Channel<bool> _wanted = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>
    /// Removes the socket of a sandbox's shim when the sandbox is gone: that of a shim that was killed stays. Its name
    /// is the hash of containerd's socket, the namespace and the sandbox.
    /// </summary>
    public void RemoveSocket(string sandboxId)
    {
        string name = Path.Combine(socket, Namespace, sandboxId);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        try
        {
            File.Delete(Path.Combine(Sockets, hash));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // There is no such directory, or somebody else removes it.
        }
    }

    /// <summary>Has it looked soon, because something of containerd's ended.</summary>
    public void LookSoon() => _wanted.Writer.TryWrite(true);

    /// <summary>Looks each minute, and soon after that is asked for, until it is cancelled.</summary>
    public async Task RunAsync(TimeProvider clock, Action<string> log, CancellationToken cancellationToken)
    {
        while (true)
        {
            await EndAsync(clock, log, cancellationToken);
            using CancellationTokenSource limit = new(Period, clock);
            using CancellationTokenSource both =
                CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                await _wanted.Reader.ReadAsync(both.Token);
                await Task.Delay(Settling, clock, cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // A minute is over.
            }
        }
    }

    /// <summary>Ends those that are forgotten at two looks: one that ends by itself is gone by the second.</summary>
    public async Task EndAsync(TimeProvider clock, Action<string> log, CancellationToken cancellationToken)
    {
        HashSet<int> first = [.. Find()];
        if (first.Count == 0)
        {
            return;
        }

        await Task.Delay(Settling, clock, cancellationToken);
        foreach (int one in Find().Where(first.Contains))
        {
            log($"process {one} is a shim that containerd has forgotten; it is ended");
            HostCalls.Kill(one, Terminate);
        }
    }

    /// <summary>The shims that have neither a bundle nor a container.</summary>
    public IReadOnlyList<int> Find()
    {
        Dictionary<int, int> parents = [];
        List<int> shims = [];
        foreach (string directory in Directory.EnumerateDirectories(processes))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out int id)
                && Stat(directory) is { } stat)
            {
                parents[id] = stat.Parent;
                if (stat.Name.StartsWith("containerd-shim", StringComparison.Ordinal) && IsOurs(directory))
                {
                    shims.Add(id);
                }
            }
        }

        HashSet<int> busy = [.. parents.Values];
        return [.. shims.Where(id => !busy.Contains(id) && HasNoBundle(id))];
    }

    private bool HasNoBundle(int id)
    {
        string link = Path.Combine(processes, id.ToString(CultureInfo.InvariantCulture), "cwd");
        return new FileInfo(link).LinkTarget?.EndsWith(Removed, StringComparison.Ordinal) == true;
    }

    /// <summary>A process's name (15 characters at most) and parent.</summary>
    private static (string Name, int Parent)? Stat(string directory)
    {
        // 4711 (containerd-shim) S 1 4711 ...: only the name may have spaces and parentheses in it.
        string text = Read(Path.Combine(directory, "stat"));
        int end = text.LastIndexOf(") ", StringComparison.Ordinal);
        int start = text.IndexOf('(', StringComparison.Ordinal);
        return end > start && start > 0
            && int.TryParse(text[(end + 2)..].Split(' ')[1], CultureInfo.InvariantCulture, out int parent)
                ? (text[(start + 1)..end], parent)
                : null;
    }

    /// <summary>containerd-shim-runc-v2 -namespace k8s.io -id ID -address /run/containerd/containerd.sock.</summary>
    private bool IsOurs(string directory)
    {
        string[] arguments = Read(Path.Combine(directory, "cmdline")).Split('\0');
        string? ValueOf(string name) => arguments.SkipWhile(one => one != name).Skip(1).FirstOrDefault();
        return ValueOf("-namespace") == Namespace && ValueOf("-address") == socket;
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile.
            return "";
        }
    }
}
