using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Machinery.Wire;
using Keelson.Streaming.RemoteCommand;

namespace Keelson.Server.Connections;

/// <summary>
/// The options of a connection, read off the query. They are an object of their own kind so that admission can look at
/// them.
/// </summary>
internal abstract record ConnectOptions(string KindName) : IObject
{
    public KindInfo KindInfo { get; } = new("", "v1", KindName, "");

    public ObjectMeta Metadata => ObjectMeta.Empty;

    public IObject WithMetadata(ObjectMeta metadata) => this;

    public void WriteJson(JsonBuffer json)
    {
        json.Open();
        json.Key("kind");
        json.Value(KindName);
        json.Key("apiVersion");
        json.Value("v1");
        WriteFields(json);
        json.Close();
    }

    public abstract void WriteProto(ProtoBuffer proto);

    protected abstract void WriteFields(JsonBuffer json);

    protected static void WriteTruth(JsonBuffer json, string name, bool truth)
    {
        if (truth)
        {
            json.Key(name);
            json.Value(true);
        }
    }

    protected static void WriteText(JsonBuffer json, string name, string text)
    {
        if (text.Length > 0)
        {
            json.Key(name);
            json.Value(text);
        }
    }
}

/// <summary>The options of a remote command: exec and attach.</summary>
/// <param name="KindName">PodExecOptions or PodAttachOptions.</param>
/// <param name="Streams">The streams wanted.</param>
/// <param name="Container">The container; empty for the only one.</param>
/// <param name="Command">What to run; null for attach.</param>
internal sealed record RemoteCommandOptions(
    string KindName, StreamSelection Streams, string Container, ApiList<string>? Command) : ConnectOptions(KindName)
{
    public override void WriteProto(ProtoBuffer proto)
    {
        if (Command is { } command)
        {
            proto.Field(6, command);
        }

        proto.Field(5, Container);
        proto.Field(4, Streams.Tty);
        proto.Field(3, Streams.Stderr);
        proto.Field(2, Streams.Stdout);
        proto.Field(1, Streams.Stdin);
    }

    protected override void WriteFields(JsonBuffer json)
    {
        WriteTruth(json, "stdin", Streams.Stdin);
        WriteTruth(json, "stdout", Streams.Stdout);
        WriteTruth(json, "stderr", Streams.Stderr);
        WriteTruth(json, "tty", Streams.Tty);
        WriteText(json, "container", Container);
        if (Command is { } command)
        {
            json.Key("command");
            json.Value(command);
        }
    }
}

/// <summary>The options of port forwarding.</summary>
/// <param name="Ports">The ports, which only WebSockets of the old kind name here.</param>
internal sealed record PortForwardOptions(ApiList<int> Ports) : ConnectOptions("PodPortForwardOptions")
{
    public override void WriteProto(ProtoBuffer proto) => proto.Field(1, Ports);

    protected override void WriteFields(JsonBuffer json)
    {
        if (Ports.Count > 0)
        {
            json.Key("ports");
            json.Value(Ports);
        }
    }
}

/// <summary>The options of a proxied request.</summary>
/// <param name="KindName">PodProxyOptions, ServiceProxyOptions or NodeProxyOptions.</param>
/// <param name="Path">What stands behind <c>/proxy</c>.</param>
internal sealed record ProxyOptions(string KindName, string Path) : ConnectOptions(KindName)
{
    public override void WriteProto(ProtoBuffer proto) => proto.Field(1, Path);

    protected override void WriteFields(JsonBuffer json) => WriteText(json, "path", Path);
}
