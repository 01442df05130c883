using System.Text;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Rbac.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.ClusterRoles;

/// <summary>Keeps the rules of cluster roles that gather those of others. An aggregate of aggregates settles as its
/// parts do.</summary>
internal sealed class ClusterRoleAggregationController : IController
{
    private const int Workers = 5;

    private readonly ControllerContext _context;
    private readonly IInformer<ClusterRole> _roles;
    private readonly ReconcileLoop _loop;

    public ClusterRoleAggregationController(ControllerContext context)
    {
        _context = context;
        _roles = context.Informers.Of<ClusterRole>();
        _loop = context.Loop(Workers, ReconcileAsync).On(_roles, (_, _) => _roles.List()
            .Where(static one => one.AggregationRule is not null)
            .Select(static one => ObjectKey.Of(one)));
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_roles.Find("", key.Name) is not { AggregationRule: not null } role)
        {
            return Reconciled.Done;
        }

        ApiList<PolicyRule> rules = role.Aggregate(_roles.List());
        if (rules == role.Rules)
        {
            return Reconciled.Done;
        }

        KindInfo info = ClusterRole.Info;
        string patch = $$"""
            {"apiVersion":"{{info.ApiVersion}}","kind":"{{info.Kind}}",
             "metadata":{"name":{{ErrorValue.Json(key.Name)}}},"rules":{{ErrorValue.Json(rules)}}}
            """;
        ObjectPath path = new(KindOf<ClusterRole>.Kind, "", key.Name);
        WriteRequest request = new() { FieldManager = _context.Name, Force = true };
        Status? error = (await client.PatchAsync(path, PatchType.Apply, Encoding.UTF8.GetBytes(patch), request, cancellationToken)).Error;
        return Reconciled.Of(error is { Code: 404 } ? null : error);
    }
}
