using System.Threading.Channels;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Authentication;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;

namespace Keelson.Server.Namespaces;

/// <summary>
/// The life of namespaces: a new one gets its default service account and the cluster's certificate, an ending one is emptied
/// and then goes. One worker takes the names in the order they changed; what could not be finished comes again later.
/// </summary>
internal sealed class NamespaceLoop : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    private static readonly UserInfo User = new()
    {
        Name = "system:serviceaccount:kube-system:namespace-controller",
        Groups = ["system:serviceaccounts", "system:serviceaccounts:kube-system", WellKnownUsers.AuthenticatedGroup, WellKnownUsers.MastersGroup],
    };

    private static readonly ApiKind[] Contents =
    [
        .. ApiKinds.All.Where(kind => kind.Info.Namespaced && kind.Info.StoragePrefix.Length > 0 && kind.Stored == kind),
    ];

    private readonly Channel<string> _names = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _stop = new();
    private readonly ResourceVerbs _verbs;
    private readonly IObjectLookup _lookup;
    private readonly ApiServerConfig _config;
    private readonly Task _worker;

    public NamespaceLoop(ResourceVerbs verbs, IObjectLookup lookup, ApiServerConfig config)
    {
        _verbs = verbs;
        _lookup = lookup;
        _config = config;
        lookup.Observe<Namespace>((_, now) => Enqueue(now?.Metadata.Name));
        lookup.Observe<Api.Core.V1.ServiceAccount>((old, now) => Enqueue(now is null && old?.Metadata.Name == "default" ? old.Metadata.Namespace : null));
        foreach (Namespace one in lookup.List<Namespace>())
        {
            Enqueue(one.Metadata.Name);
        }

        _worker = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _worker;
        _stop.Dispose();
    }

    private void Enqueue(string? name)
    {
        if (name is not null)
        {
            _names.Writer.TryWrite(name);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (string name in _names.Reader.ReadAllAsync(_stop.Token))
            {
                if (!await TryHandleAsync(name))
                {
                    _ = AgainLaterAsync(name);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task AgainLaterAsync(string name)
    {
        try
        {
            await Task.Delay(RetryAfter, _config.Clock, _stop.Token);
            Enqueue(name);
        }
        catch (OperationCanceledException)
        {
            // Asked to end.
        }
    }

    /// <summary>Brings one namespace on; false when it has to be looked at again.</summary>
    private async Task<bool> TryHandleAsync(string name)
    {
        try
        {
            Namespace? found = _lookup.Find<Namespace>("", name);
            return found is null || (found.Metadata.DeletionTimestamp is null ? await FurnishAsync(name) : await EmptyAsync(found));
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            _config.Log($"namespace {name}: {exception.Message}");
            return false;
        }
    }

    private async Task<bool> FurnishAsync(string name)
    {
        bool done = true;
        if (_lookup.Find<Api.Core.V1.ServiceAccount>(name, "default") is null)
        {
            done &= await CreateAsync(ApiKinds.CoreV1ServiceAccount, name, new Api.Core.V1.ServiceAccount { Metadata = Named("default", name) });
        }

        if (_lookup.Find<ConfigMap>(name, "kube-root-ca.crt") is null)
        {
            string pem = string.Concat(_config.ClientAuthorities().Certificates.Select(one => one.ExportCertificatePem() + "\n"));
            ConfigMap map = new()
            {
                Metadata = Named("kube-root-ca.crt", name) with
                {
                    Annotations = ApiMap<string>.Empty.With(
                        "kubernetes.io/description",
                        "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters."),
                },
                Data = ApiMap<string>.Empty.With("ca.crt", pem),
            };
            done &= await CreateAsync(ApiKinds.CoreV1ConfigMap, name, map);
        }

        return done;
    }

    private async Task<bool> CreateAsync(ApiKind kind, string @namespace, IObject obj)
    {
        ApiRequest request = Request(kind, "create", @namespace, "");
        ApiResult<Written> created = await _verbs.Writer.CreateAsync(request, obj, _stop.Token);
        return created.Error is null or { Reason: "AlreadyExists" or "NotFound" };
    }

    /// <summary>Deletes what is in the namespace, and when nothing is left, the namespace.</summary>
    private async Task<bool> EmptyAsync(Namespace ending)
    {
        string name = ending.Metadata.Name;
        bool empty = true;
        foreach (ApiKind kind in Contents)
        {
            ObjectCache cache = _verbs.Storage.CacheOf(kind);
            (string from, string to) = cache.RangeOf(name);
            if (!cache.Snapshot.Range(from, to).Any())
            {
                continue;
            }

            ApiRequest request = Request(kind, "deletecollection", name, "");
            DeleteOptions options = DeleteOptions.Empty with { PropagationPolicy = "Background", GracePeriodSeconds = NoNodeHolds(kind) ? 0 : null };
            await _verbs.DeleteCollectionAsync(request, options, new ListQuery(), _stop.Token);
            empty &= !cache.Snapshot.Range(from, to).Any();
        }

        if (!empty)
        {
            return false;
        }

        ApiRequest finalize = Request(ApiKinds.CoreV1Namespace, "update", "", name, "finalize");
        ApiResult<Written> released = await _verbs.Writer.UpdateAsync(
            finalize,
            old => new(ApiResult<IObject>.Of(Release((Namespace)old!))),
            retries: true,
            allowCreate: false,
            _stop.Token);
        if (released.Error is { Code: not 404 })
        {
            return false;
        }

        ApiResult<Deleted> gone = await _verbs.Deleter.DeleteAsync(Request(ApiKinds.CoreV1Namespace, "delete", "", name), DeleteOptions.Empty, _stop.Token);
        return gone.Error is null or { Code: 404 };
    }

    /// <summary>Pods that no node runs need no time to end.</summary>
    private bool NoNodeHolds(ApiKind kind) => kind.Info.Resource == "pods" && !_lookup.List<Api.Core.V1.Node>().Any();

    private static Namespace Release(Namespace old) => old with
    {
        Spec = old.Spec with { Finalizers = old.Spec.Finalizers.Where(one => one != "kubernetes").ToApiList() },
    };

    private static ObjectMeta Named(string name, string @namespace) => ObjectMeta.Empty with { Name = name, Namespace = @namespace };

    private ApiRequest Request(ApiKind kind, string verb, string @namespace, string name, string subresource = "") => new()
    {
        User = User,
        Kind = kind,
        Verb = verb,
        Now = Time.Now(_config.Clock),
        Namespace = @namespace,
        Name = name,
        Subresource = subresource,
        FieldManager = "kube-controller-manager",
    };
}
