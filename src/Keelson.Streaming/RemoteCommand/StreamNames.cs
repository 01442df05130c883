namespace Keelson.Streaming.RemoteCommand;

/// <summary>What the streams of exec, attach and port-forward are called on the wire.</summary>
public static class StreamNames
{
    /// <summary>The header of a SPDY stream that tells what it is for.</summary>
    public const string TypeHeader = "streamtype";

    /// <summary>The status of a command, or the error of a forwarded connection.</summary>
    public const string Error = "error";

    /// <summary>The command's input.</summary>
    public const string Stdin = "stdin";

    /// <summary>The command's output.</summary>
    public const string Stdout = "stdout";

    /// <summary>The command's errors.</summary>
    public const string Stderr = "stderr";

    /// <summary>Sizes of the terminal, one JSON object a line.</summary>
    public const string Resize = "resize";

    /// <summary>The bytes of a forwarded connection.</summary>
    public const string Data = "data";

    /// <summary>The port of a forwarded connection.</summary>
    public const string PortHeader = "port";

    /// <summary>What the two streams of a forwarded connection have in common.</summary>
    public const string RequestIdHeader = "requestid";

    /// <summary>The header that offers and chooses the protocol within SPDY.</summary>
    public const string ProtocolHeader = "X-Stream-Protocol-Version";

    /// <summary>The version of remote commands in which channels of a WebSocket can be closed.</summary>
    public const string RemoteCommandV5 = "v5.channel.k8s.io";

    /// <summary>The version of remote commands in which the status is an object.</summary>
    public const string RemoteCommandV4 = "v4.channel.k8s.io";

    /// <summary>The versions of remote commands, the newest first.</summary>
    public static readonly IReadOnlyList<string> RemoteCommandVersions =
        [RemoteCommandV5, RemoteCommandV4, "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"];

    /// <summary>The protocol of port forwarding.</summary>
    public const string PortForward = "portforward.k8s.io";

    /// <summary>What stands before a protocol that is tunnelled as SPDY in a WebSocket.</summary>
    public const string TunnelPrefix = "SPDY/3.1+";

    /// <summary>The headers of a SPDY stream of a type.</summary>
    public static IReadOnlyDictionary<string, string> HeadersOf(string type) =>
        new Dictionary<string, string>(StringComparer.Ordinal) { [TypeHeader] = type };
}

/// <summary>The channels of a remote command's WebSocket.</summary>
public static class StreamChannels
{
    /// <summary>The command's input.</summary>
    public const byte Stdin = 0;

    /// <summary>The command's output.</summary>
    public const byte Stdout = 1;

    /// <summary>The command's errors.</summary>
    public const byte Stderr = 2;

    /// <summary>The command's status.</summary>
    public const byte Error = 3;

    /// <summary>Sizes of the terminal.</summary>
    public const byte Resize = 4;
}

/// <summary>Which streams a remote command has.</summary>
/// <param name="Stdin">Whether input is sent.</param>
/// <param name="Stdout">Whether output is wanted.</param>
/// <param name="Stderr">Whether errors are wanted.</param>
/// <param name="Tty">Whether there is a terminal: errors then come with the output.</param>
public sealed record StreamSelection(bool Stdin, bool Stdout, bool Stderr, bool Tty);
