using System.Security.Cryptography;
using System.Text;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Server.Admission;
using Keelson.Server.Admission.ResourceQuota;
using Keelson.Server.Authentication;
using Keelson.Server.Authorization;
using Keelson.Server.Http;
using Keelson.Server.Storage;
using Keelson.Server.Verbs;
using Keelson.Store;
using Keelson.Store.Embedded;

namespace Keelson.Server.Tests.Admission;

/// <summary>How a write ended: the object, or why not, and what the client is warned of.</summary>
internal sealed record BenchAnswer(IObject? Object, Status? Error, IReadOnlyList<string> Warnings)
{
    /// <summary>The error's message; empty when there was none.</summary>
    public string Message => Error?.Message ?? "";
}

/// <summary>A server's writes with all of its admission plugins, over a store in memory and without HTTP.</summary>
internal sealed class AdmissionBench : IAsyncDisposable
{
    public const string Space = "space";

    /// <summary>Who may do everything.</summary>
    public static readonly UserInfo Admin = new() { Name = "admin", Groups = [WellKnownUsers.MastersGroup] };

    private readonly EmbeddedStore _store;
    private readonly ObjectStorage _storage;
    private readonly ResourceVerbs _verbs;
    private readonly EvictionResource _evictions;

    private AdmissionBench(EmbeddedStore store, ObjectStorage storage, ApiServerConfig config)
    {
        _store = store;
        _storage = storage;
        StorageLookup lookup = new(storage);
        QuotaCharges charges = new(storage, config.Clock);
        ServerAuthorizers authorizers = ServerAuthorizers.Create(config, lookup);
        Chain = AdmissionPlugins.Chain(new(config, lookup, authorizers, storage, charges));
        _verbs = new(storage, Chain, new Random(1));
        _evictions = new(new SpecialResourceParts(config, _verbs, Chain, null!, authorizers, lookup));
    }

    /// <summary>The plugins.</summary>
    public AdmissionChain Chain { get; }

    /// <summary>A bench with a namespace and its default service account.</summary>
    public static async Task<AdmissionBench> StartAsync(string[]? enabled = null, string[]? disabled = null)
    {
        EmbeddedStore store = EmbeddedStore.InMemory();
        ApiServerConfig config = new()
        {
            Store = store,
            Certificates = null!,
            ClientAuthorities = static () => null!,
            ServiceAccountKey = Task.FromResult<AsymmetricAlgorithm>(null!),
            EnabledAdmissionPlugins = enabled ?? [],
            DisabledAdmissionPlugins = disabled ?? [],
        };
        ObjectStorage storage = new(store, "/registry", new JsonObjectCodec(), TimeProvider.System, static _ => { });
        await storage.StartAsync(TestContext.Current.CancellationToken);
        AdmissionBench bench = new(store, storage, config);
        await bench.PutAsync(ApiKinds.CoreV1Namespace, $$$$"""{"metadata":{"name":"{{{{Space}}}}"}}""");
        await bench.PutAsync(ApiKinds.CoreV1ServiceAccount, """{"metadata":{"name":"default","namespace":"space"}}""");
        return bench;
    }

    public async ValueTask DisposeAsync()
    {
        await _storage.DisposeAsync();
        await _store.DisposeAsync();
    }

    /// <summary>Stores an object past all admission.</summary>
    public async Task<IObject> PutAsync(ApiKind kind, string json)
    {
        IObject obj = kind.SetDefaults(kind.DecodeJson(Encoding.UTF8.GetBytes(json)));
        string uid = obj.Metadata.Uid.Length > 0 ? obj.Metadata.Uid : "uid-of-" + obj.Metadata.Name;
        obj = obj.WithMetadata(obj.Metadata with { Uid = uid, CreationTimestamp = Time.Now(TimeProvider.System) });
        ObjectCache cache = _storage.CacheOf(kind);
        string key = cache.KeyOf(obj.Metadata.Namespace, obj.Metadata.Name);
        long revision = cache.Snapshot.Find(key)?.Revision ?? 0;
        WriteOutcome outcome = await _storage.PutAsync(
            cache, key, obj, revision, 0, TestContext.Current.CancellationToken);
        return outcome.Written!.Record;
    }

    /// <summary>The stored object; null when there is none.</summary>
    public IObject? Find(ApiKind kind, string name)
    {
        ObjectCache cache = _storage.CacheOf(kind);
        return cache.Snapshot.Find(cache.KeyOf(kind.Info.Namespaced ? Space : "", name))?.Record;
    }

    /// <summary>Creates an object as a client does.</summary>
    public async Task<BenchAnswer> CreateAsync(ApiKind kind, string json, UserInfo? user = null)
    {
        IObject obj = kind.SetDefaults(kind.DecodeJson(Encoding.UTF8.GetBytes(json)));
        ApiRequest request = Request(kind, "create", obj.Metadata.Name, "", user);
        ApiResult<Written> written = await _verbs.Writer.CreateAsync(
            request, obj, TestContext.Current.CancellationToken);
        return Answer(request, written);
    }

    /// <summary>Changes an object, or a part of it, as a client does.</summary>
    public async Task<BenchAnswer> UpdateAsync<T>(
        ApiKind kind, string name, Func<T, T> change, string subresource = "", UserInfo? user = null)
        where T : class, IObject
    {
        ApiRequest request = Request(kind, "update", name, subresource, user);
        ApiResult<Written> written = await _verbs.Writer.UpdateAsync(
            request,
            old => new(ApiResult<IObject>.Of(change((T)old!))),
            retries: true,
            allowCreate: false,
            TestContext.Current.CancellationToken);
        return Answer(request, written);
    }

    /// <summary>Deletes an object as a client does; the error, if it may not.</summary>
    public async Task<BenchAnswer> DeleteAsync(ApiKind kind, string name, UserInfo? user = null)
    {
        ApiRequest request = Request(kind, "delete", name, "", user);
        ApiResult<Deleted> deleted = await _verbs.Deleter.DeleteAsync(
            request, DeleteOptions.Empty, TestContext.Current.CancellationToken);
        return new(null, deleted.Error, request.Warnings);
    }

    /// <summary>Evicts a pod as a client does.</summary>
    public async Task<BenchAnswer> EvictAsync(string name, string eviction, UserInfo? user = null)
    {
        IObject body = ApiKinds.PolicyV1Eviction.DecodeJson(Encoding.UTF8.GetBytes(eviction));
        ApiRequest call = new()
        {
            User = user ?? Admin,
            Kind = ApiKinds.CoreV1Pod,
            Verb = "create",
            Now = Time.Now(TimeProvider.System),
            Namespace = Space,
            Name = name,
            Subresource = "eviction",
        };
        ApiResult<IObject> evicted = await _evictions.CallAsync(call, body, TestContext.Current.CancellationToken);
        return new(null, evicted.Error, call.Warnings);
    }

    private static BenchAnswer Answer(ApiRequest request, ApiResult<Written> written) =>
        new(written.Error is null ? written.Value.Object : null, written.Error, request.Warnings);

    private static ApiRequest Request(ApiKind kind, string verb, string name, string subresource, UserInfo? user) =>
        new()
    {
        User = user ?? Admin,
        Kind = kind,
        Verb = verb,
        Now = Time.Now(TimeProvider.System),
        Namespace = kind.Info.Namespaced ? Space : "",
        Name = verb == "create" ? "" : name,
        Subresource = subresource,
    };
}
