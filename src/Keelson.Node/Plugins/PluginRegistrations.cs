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

    // Upstream's: it gives ten seconds to connect, one more to answer.
    private static readonly RpcCallOptions ForInfo =
        new() { Timeout = TimeSpan.FromSeconds(11), WaitForReady = true };

    // Upstream's notifyTimeoutDuration.
    private static readonly RpcCallOptions ForNotices = new() { Timeout = TimeSpan.FromSeconds(5) };

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
                await known.Type.DeregisterAsync(known.Plugin, cancellationToken);
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
        using RpcChannel channel = new(RpcEndpoint.Unix(path));
        try
        {
            PluginInfo info = await channel.UnaryAsync(GetInfo, new InfoRequest(), ForInfo, cancellationToken);
            IPluginType? type = types.FirstOrDefault(one => one.Type == info.Type);
            RegisteredPlugin plugin = new(
                info.Name, info.Endpoint.Length > 0 ? info.Endpoint : path, [.. info.SupportedVersions]);
            string? error = type is null
                ? $"no handler registered for plugin type: {info.Type} at socket {path}"
                : await TakeInAsync(type, plugin, cancellationToken);
            RegistrationStatus status = new()
            {
                PluginRegistered = error is null,
                Error = error is null ? "" : "RegisterPlugin error -- " + error,
            };
            try
            {
                await channel.UnaryAsync(NotifyRegistrationStatus, status, ForNotices, cancellationToken);
            }
            catch (RpcException) when (error is null)
            {
                // Who does not know that it was taken in is not.
                await type!.DeregisterAsync(plugin, cancellationToken);
                throw;
            }

            if (error is null)
            {
                _known[path] = new(type!, plugin, inode);
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

    private static async Task<string?> TakeInAsync(
        IPluginType type, RegisteredPlugin plugin, CancellationToken cancellationToken)
    {
        if (type.Validate(plugin) is { } invalid)
        {
            return "plugin validation failed with err: " + invalid;
        }

        return await type.RegisterAsync(plugin, cancellationToken) is { } error
            ? "plugin registration failed with err: " + error
            : null;
    }

    private sealed record Known(IPluginType Type, RegisteredPlugin Plugin, ulong Inode);
}
