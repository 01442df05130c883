using System.Net.Sockets;
using Keelson.Nodes.Dra.Protos;
using Keelson.Nodes.Plugins;
using Keelson.Rpc;

namespace Keelson.Nodes.Dra;

/// <summary>A program of a driver of dynamic resources; a driver that is being replaced has two of them for a while.
/// </summary>
internal sealed class DraPlugin(string driver, string socket, string service, PluginConnection connection) : IDisposable
{
    /// <summary>The services by which a plugin prepares claims, as plugins name them when they register; the newest
    /// first.</summary>
    public static readonly IReadOnlyList<string> Services = ["v1.DRAPlugin", "v1beta1.DRAPlugin"];

    // Messages are the same in both versions.
    private readonly RpcMethod<NodePrepareResourcesRequest, NodePrepareResourcesResponse> _prepare = PrepareBy(service);
    private readonly RpcMethod<NodeUnprepareResourcesRequest, NodeUnprepareResourcesResponse> _unprepare =
        UnprepareBy(service);

    /// <summary>The driver.</summary>
    public string Driver => driver;

    /// <summary>Where it serves.</summary>
    public string Socket => socket;

    /// <summary>True when it could be reached last; one that was not tried yet counts as not reached.</summary>
    public bool IsConnected { get; set; }

    /// <summary>The method that prepares claims.</summary>
    public static RpcMethod<NodePrepareResourcesRequest, NodePrepareResourcesResponse> PrepareBy(string service) =>
        RpcMethod.Unary<NodePrepareResourcesRequest, NodePrepareResourcesResponse>(
            PathOf(service), "NodePrepareResources");

    /// <summary>The method that gives claims back.</summary>
    public static RpcMethod<NodeUnprepareResourcesRequest, NodeUnprepareResourcesResponse> UnprepareBy(
        string service) =>
        RpcMethod.Unary<NodeUnprepareResourcesRequest, NodeUnprepareResourcesResponse>(
            PathOf(service), "NodeUnprepareResources");

    /// <summary>Has claims prepared.</summary>
    public Task<NodePrepareResourcesResponse> PrepareAsync(
        NodePrepareResourcesRequest request, CancellationToken cancellationToken) =>
        connection.CallAsync(_prepare, request, cancellationToken);

    /// <summary>Gives claims back.</summary>
    public Task<NodeUnprepareResourcesResponse> UnprepareAsync(
        NodeUnprepareResourcesRequest request, CancellationToken cancellationToken) =>
        connection.CallAsync(_unprepare, request, cancellationToken);

    /// <summary>What the plugin tells, for as long as it does.</summary>
    public IAsyncEnumerable<TResponse> FollowAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken) =>
        connection.FollowAsync(method, request, cancellationToken);

    /// <summary>Looks whether somebody listens.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    private static string PathOf(string service) => "k8s.io.kubelet.pkg.apis.dra." + service;
}
