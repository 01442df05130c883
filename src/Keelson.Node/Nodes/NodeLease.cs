using Keelson.Api.Coordination.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Nodes;

/// <summary>Renews a node's lease, by which the cluster knows that it lives, four times while it holds.</summary>
internal sealed class NodeLease(NodeContext context, int seconds)
{
    private const string LeaseNamespace = "kube-node-lease";

    private Lease? _lease;

    /// <summary>Keeps the lease from when the node is registered until the call is cancelled.</summary>
    public async Task KeepAsync(Task registered, CancellationToken cancellationToken)
    {
        try
        {
            await registered;
            using PeriodicTimer timer = new(TimeSpan.FromSeconds(seconds / 4.0), context.Clock);
            do
            {
                await RenewOnceAsync(cancellationToken);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task RenewOnceAsync(CancellationToken cancellationToken)
    {
        MicroTime now = new(context.Clock.GetUtcNow());
        if (_lease is { } held)
        {
            Lease renewed = held with { Spec = held.Spec with { RenewTime = now } };
            ApiResult<Lease> updated = await context.Client.UpdateAsync(renewed, cancellationToken);
            if (updated.TryGet(out _lease, out Status? error))
            {
                return;
            }

            Tell(error.Code is 404 or 409 ? null : error, "lease can't be renewed");
        }

        ApiResult<Node> node = await context.Client.GetAsync<Node>("", context.NodeName, cancellationToken);
        string uid = node.Error is null ? node.Value.Metadata.Uid : "";
        Lease wanted = new()
        {
            Metadata = ObjectMeta.Empty with
            {
                Name = context.NodeName,
                Namespace = LeaseNamespace,
                OwnerReferences = uid.Length == 0
                    ? default
                    : [new OwnerReference { ApiVersion = "v1", Kind = "Node", Name = context.NodeName, Uid = uid }],
            },
            Spec = new LeaseSpec
            {
                HolderIdentity = context.NodeName,
                LeaseDurationSeconds = seconds,
                RenewTime = now,
            },
        };
        ApiResult<Lease> created = await context.Client.CreateAsync(wanted, cancellationToken);
        if (created.Error is { Code: 409 })
        {
            created = await context.Client.GetAsync<Lease>(LeaseNamespace, context.NodeName, cancellationToken);
        }

        _lease = created.Error is null ? created.Value : null;
        Tell(created.Error, "lease can't be made");
    }

    private void Tell(Status? error, string what)
    {
        if (error is not null)
        {
            context.Log($"{what}: {error.Message}");
        }
    }
}
