using System.Text;
using System.Text.Json.Nodes;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Networking.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Machinery.Values;
using Address = Keelson.Api.Networking.V1.IPAddress;

namespace Keelson.Controllers.ServiceCidrs;

/// <summary>Says of ranges of service addresses that they are ready, and keeps those that are to go while services
/// depend on them.</summary>
internal sealed class ServiceCidrController : IController
{
    private const int Workers = 5;

    private readonly ControllerContext _context;
    private readonly IInformer<ServiceCIDR> _ranges;
    private readonly IInformer<Address> _addresses;
    private readonly ReconcileLoop _loop;

    public ServiceCidrController(ControllerContext context)
    {
        _context = context;
        _ranges = context.Informers.Of<ServiceCIDR>();
        _addresses = context.Informers.Of<Address>();
        _loop = context.Loop(Workers, ReconcileAsync)
            .On(_ranges, (_, _) => _ranges.List().Select(static one => ObjectKey.Of(one)))
            .On(_addresses, (_, now) => now is null ? Ending() : []);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private IEnumerable<ObjectKey> Ending() =>
        _ranges.List().Where(static one => one.Metadata.DeletionTimestamp is not null).Select(
            static one => ObjectKey.Of(one));

    private IEnumerable<System.Net.IPAddress> Taken()
    {
        foreach (Address one in _addresses.List())
        {
            if (System.Net.IPAddress.TryParse(one.Metadata.Name, out System.Net.IPAddress? address))
            {
                yield return address;
            }
        }
    }

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_ranges.Find("", key.Name) is not { } range)
        {
            return Reconciled.Done;
        }

        ServiceCidrPlan plan = ServiceCidrPlan.Compute(
            range, _ranges.List().Where(one => one.Metadata.Name != key.Name), Taken(), Time.Now(_context.Clock));
        if (plan.Finalizers != range.Metadata.Finalizers)
        {
            JsonArray finalizers = [.. plan.Finalizers.Select(static one => (JsonNode)one)];
            JsonObject patch = new()
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = range.Metadata.ResourceVersion, ["finalizers"] = finalizers },
            };
            if ((await client.PatchAsync<ServiceCIDR>("", key.Name, patch, cancellationToken, PatchType.Merge)).Error is { } refused)
            {
                return refused.Code == 404 ? Reconciled.Done : Reconciled.Failed(refused);
            }
        }

        if (plan.Ready is { } ready && await ApplyAsync(range, ready, client, cancellationToken) is { } failed)
        {
            return failed.Code == 404 ? Reconciled.Done : Reconciled.Failed(failed);
        }

        return plan.CheckAfter is { } after ? Reconciled.Again(after) : Reconciled.Done;
    }

    private async Task<Status?> ApplyAsync(
        ServiceCIDR range, Condition ready, IApiClient client, CancellationToken cancellationToken)
    {
        KindInfo info = ServiceCIDR.Info;
        JsonObject condition = new()
        {
            ["type"] = ready.Type,
            ["status"] = ready.Status,
            ["lastTransitionTime"] = ready.LastTransitionTime.ToString(),
            ["reason"] = ready.Reason,
            ["message"] = ready.Message,
        };
        JsonObject apply = new()
        {
            ["apiVersion"] = info.ApiVersion,
            ["kind"] = info.Kind,
            ["metadata"] = new JsonObject { ["name"] = range.Metadata.Name },
            ["status"] = new JsonObject { ["conditions"] = new JsonArray(condition) },
        };
        ObjectPath path = new(KindOf<ServiceCIDR>.Kind, "", range.Metadata.Name, "status");
        WriteRequest request = new() { FieldManager = _context.Name, Force = true };
        return (await client.PatchAsync(path, PatchType.Apply, Encoding.UTF8.GetBytes(apply.ToJsonString()), request, cancellationToken)).Error;
    }
}
