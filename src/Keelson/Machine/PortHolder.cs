using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Keelson.Machine;

/// <summary>The process that holds a port of this machine.</summary>
/// <param name="Process">Its id.</param>
/// <param name="Arguments">Its command line.</param>
internal sealed record PortHolder(int Process, IReadOnlyList<string> Arguments)
{
    private const int LocalAddress = 1;
    private const int State = 3;
    private const int Inode = 9;

    /// <summary>The program's name.</summary>
    public string Program => Path.GetFileName(Arguments[0].Split(' ')[0].TrimEnd(':'));

    /// <summary>Whether a port can be had.</summary>
    /// <param name="endpoint">Where to listen; port 0 can always be had.</param>
    /// <param name="protocol">TCP or UDP.</param>
    /// <returns>Null, or why not.</returns>
    public static SocketError? Refusal(IPEndPoint endpoint, ProtocolType protocol)
    {
        SocketType type = protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram;
        using Socket socket = new(endpoint.AddressFamily, type, protocol);
        try
        {
            socket.Bind(endpoint);
            if (protocol == ProtocolType.Tcp)
            {
                socket.Listen();
            }

            return null;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }

    /// <summary>Finds who holds a port; null when that is not to be seen, as another user's processes are.</summary>
    public static PortHolder? Find(int port, ProtocolType protocol)
    {
        HashSet<string> sockets = [.. Sockets(port, protocol)];
        return sockets.Count == 0 ? null : Directory.GetDirectories("/proc")
            .Where(static one => char.IsAsciiDigit(Path.GetFileName(one)[0]))
            .Where(process => Holds(process, sockets)).Select(Read).FirstOrDefault(static one => one is not null);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"process {Process} ({Program})");

    /// <summary>What <c>/proc/PID/fd</c> shows for the sockets that are bound to a port.</summary>
    private static IEnumerable<string> Sockets(int port, ProtocolType protocol)
    {
        (string name, string state) = protocol == ProtocolType.Tcp ? ("tcp", "0A") : ("udp", "07");
        string suffix = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        return ((string[])[$"/proc/net/{name}", $"/proc/net/{name}6"]).Where(File.Exists)
            .SelectMany(File.ReadLines)
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > Inode && fields[State] == state
                && fields[LocalAddress].EndsWith(suffix, StringComparison.Ordinal))
            .Select(static fields => $"socket:[{fields[Inode]}]");
    }

    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory.GetFiles(Path.Combine(process, "fd"))
                .Any(one => new FileInfo(one).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or is another user's.
            return false;
        }
    }

    private static PortHolder? Read(string process)
    {
        try
        {
            string[] arguments = File.ReadAllText(Path.Combine(process, "cmdline")).TrimEnd('\0').Split('\0');
            return new(int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture), arguments);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
