using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Client.Queues;
using Keelson.Controllers.Namespaces;

namespace Keelson.Controllers.ServiceAccounts;

/// <summary>Gives every namespace its default service account.</summary>
internal sealed class ServiceAccountController : IController
{
    private const string Default = "default";

    private readonly IInformer<Namespace> _namespaces;
    private readonly IInformer<ServiceAccount> _accounts;
    private readonly ReconcileLoop _loop;

    public ServiceAccountController(ControllerContext context)
    {
        _namespaces = context.Informers.Of<Namespace>();
        _accounts = context.Informers.Of<ServiceAccount>();
        _loop = context.Loop(1, ReconcileAsync).On(_namespaces).On(
            _accounts,
            static (old, now) => now is null && old!.Metadata.Name == Default ? [new("", old.Metadata.Namespace)] : []);
    }

    public Task RunAsync(CancellationToken cancellationToken) => _loop.RunAsync(cancellationToken);

    public void Dispose() => _loop.Dispose();

    private async Task<Reconciled> ReconcileAsync(ObjectKey key, IApiClient client, CancellationToken cancellationToken)
    {
        if (_namespaces.Find("", key.Name) is not { Status.Phase: NamespacePhase.Active }
            || _accounts.Find(key.Name, Default) is not null)
        {
            return Reconciled.Done;
        }

        ServiceAccount account = new() { Metadata = ObjectMeta.Empty with { Name = Default, Namespace = key.Name } };
        return Reconciled.Of(Furnishing.Problem((await client.CreateAsync(account, cancellationToken)).Error));
    }
}
