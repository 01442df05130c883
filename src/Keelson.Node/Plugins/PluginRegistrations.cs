using Keelson.Nodes.Linux;
using Keelson.Nodes.Plugins.Protos;
using Keelson.Rpc;

namespace Keelson.Nodes.Plugins;

/// <summary>
/// Follows the directory in which plugins put their sockets (<c>plugins_registry</c>): asks each new socket who it is,
/// hands it to who takes plugins of its type, and tells it the outcome. A socket that was refused is asked again.
/// </summary>
internal sealed class PluginRegistrations(string directory, IReadOnlyList<IPluginType> types, NodeContext context)
{
    private const string Service = "pluginregistration.Registration";
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    private static readonly RpcMethod<InfoRequest, PluginInfo> GetInfo =
        RpcMethod.Unary<InfoRequest, PluginInfo>(Service, "GetInfo");

    private static readonly RpcMethod<RegistrationStatus, RegistrationStatusResponse> NotifyRegistrationStatus =
        RpcMethod.Unary<RegistrationStatus, RegistrationStatusResponse>(Service, "NotifyRegistrationStatus");

    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);
    private volatile string[] _takenIn = [];

    /// <summary>Follows the directory until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        context.Metrics.Own.BeforeWrite(() => context.Metrics.Plugins.Show(Sockets().Keys, _takenIn));
        using PeriodicTimer timer = new(LookAgainAfter, context.Clock);
        do
        {
            await LookAsync(cancellationToken);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Looks once: takes in what is new, lets go what is gone.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, ulong> sockets = Sockets();
        foreach ((string path, Known known) in _known.ToArray())
        {
            // A socket that was made anew belongs to a plugin that was started anew.
            if (!sockets.TryGetValue(path, out ulong inode) || inode != known.Inode)
            {
                _known.Remove(path);
                await known.Type.DeregisterAsync(known.Name, cancellationToken);
            }
        }

        foreach ((string path, ulong inode) in sockets)
        {
            if (!_known.ContainsKey(path))
            {
                await TakeInAsync(path, inode, cancellationToken);
            }
        }

        _takenIn = _known.Count == 0 ? [] : [.. _known.Keys];
    }

    private Dictionary<string, ulong> Sockets()
    {
        Dictionary<string, ulong> sockets = new(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories))
        {
            if (!Path.GetFileName(path).StartsWith('.')
                && FileFacts.OfLink(path) is { Type: FileType.Socket } facts)
            {
                sockets[path] = facts.Inode;
            }
        }

        return sockets;
    }

    private async Task TakeInAsync(string path, ulong inode, CancellationToken cancellationToken)
    {
        RpcCallOptions options = new() { Timeout = CallTimeout };
        using RpcChannel channel = new(RpcEndpoint.Unix(path));
        try
        {
            PluginInfo info = await channel.UnaryAsync(GetInfo, new InfoRequest(), options, cancellationToken);
            IPluginType? type = types.FirstOrDefault(one => one.Type == info.Type);
            string endpoint = info.Endpoint.Length > 0 ? info.Endpoint : path;
            string? error = type is null
                ? "no handler registered for plugin type: " + info.Type + " at socket " + path
                : await type.RegisterAsync(
                    new(info.Name, endpoint, [.. info.SupportedVersions]), cancellationToken);
            await channel.UnaryAsync(
                NotifyRegistrationStatus,
                new RegistrationStatus { PluginRegistered = error is null, Error = error ?? "" },
                options,
                cancellationToken);
            if (error is null)
            {
                _known[path] = new(type!, info.Name, inode);
            }
            else
            {
                context.Log($"plugin {info.Name} was not registered: {error}");
            }
        }
        catch (RpcException exception)
        {
            context.Log($"the plugin at {path} could not be asked who it is: {exception.Message}");
        }
    }

    private sealed record Known(IPluginType Type, string Name, ulong Inode);
}
