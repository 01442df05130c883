using Keelson.Api.Kinds;
using Keelson.Machinery.Wire;
using Keelson.Server.Discovery;

namespace Keelson.Server.OpenApi;

/// <summary>
/// Every OpenAPI document the server has. Those of built-in kinds stay; what comes at run time replaces its own, and
/// the one of version 2, which holds all.
/// </summary>
internal sealed class OpenApiDocuments
{
    private readonly Lock _lock = new();
    private readonly DiscoveryRegistry _registry;
    private readonly TimeProvider _time;
    private readonly Lazy<DefinitionCatalog> _catalog = new(() => new DefinitionCatalog(ApiKinds.All));
    private readonly Lazy<Dictionary<string, CachedSpec>> _builtIn;
    private readonly DateTimeOffset _started;
    private Dictionary<(string Group, string Version), RuntimeOpenApi> _runtime = [];
    private Dictionary<string, CachedSpec> _runtimeDocuments = new(StringComparer.Ordinal);
    private CachedSpec? _whole;
    private CachedSpec? _index;

    /// <summary>The documents of what the registry offers.</summary>
    public OpenApiDocuments(DiscoveryRegistry registry, TimeProvider time)
    {
        _registry = registry;
        _time = time;
        _started = time.GetUtcNow();
        _builtIn = new(MakeBuiltIn);
    }

    /// <summary>Version 2.</summary>
    public CachedSpec Whole
    {
        get
        {
            lock (_lock)
            {
                return _whole ??= new CachedSpec(WriteWhole, ProtoSpecV2.Write, Now());
            }
        }
    }

    /// <summary>Version 3's list of documents, each with the hash of its content in its address.</summary>
    public CachedSpec Index
    {
        get
        {
            lock (_lock)
            {
                return _index ??= new CachedSpec(WriteIndex, static _ => [], Now());
            }
        }
    }

    /// <summary>A document of version 3 by its name (<c>apis/apps/v1</c>), or null.</summary>
    public CachedSpec? Named(string name)
    {
        lock (_lock)
        {
            return _builtIn.Value.GetValueOrDefault(name) ?? _runtimeDocuments.GetValueOrDefault(name);
        }
    }

    /// <summary>The address of a document, good for its present content only.</summary>
    public static string AddressOf(string name, CachedSpec spec) => $"/openapi/v3/{name}?hash={spec.ETag}";

    /// <summary>Sets a group version that comes at run time.</summary>
    public void Set(RuntimeOpenApi runtime)
    {
        lock (_lock)
        {
            _runtime = new(_runtime) { [(runtime.Group, runtime.Version)] = runtime };
            _runtimeDocuments = new(_runtimeDocuments, StringComparer.Ordinal)
            {
                [NameOf(runtime.Group, runtime.Version)] = new CachedSpec(
                    () => new SpecWriterV3().Write(Parts([runtime])), ProtoSpecV3.Write, Now()),
            };
            (_whole, _index) = (null, null);
        }
    }

    /// <summary>Takes a group version away that came at run time.</summary>
    public void Remove(string group, string version)
    {
        lock (_lock)
        {
            _runtime = new(_runtime);
            _runtimeDocuments = new(_runtimeDocuments, StringComparer.Ordinal);
            if (_runtime.Remove((group, version)) | _runtimeDocuments.Remove(NameOf(group, version)))
            {
                (_whole, _index) = (null, null);
            }
        }
    }

    private DateTimeOffset Now() => _time.GetUtcNow();

    private static string NameOf(string group, string version) =>
        group.Length == 0 ? "api/" + version : $"apis/{group}/{version}";

    private Dictionary<string, CachedSpec> MakeBuiltIn()
    {
        Dictionary<string, CachedSpec> documents = new(StringComparer.Ordinal);
        DiscoverySnapshot snapshot = _registry.Current;
        foreach (DiscoveryGroup group in snapshot.Groups.Where(one => one.IsBuiltIn))
        {
            foreach (DiscoveryVersion version in group.Versions)
            {
                Add(NameOf(group.Name, version.Version), () =>
                    Paths(_catalog.Value, group.Name, version.Version, version.Resources));
            }
        }

        foreach ((string name, PathOperations path) in FixedPaths.Of(snapshot))
        {
            Add(name, () => [path]);
        }

        return documents;

        void Add(string name, Func<IReadOnlyList<PathOperations>> paths) => documents[name] = new CachedSpec(
            () =>
            {
                IReadOnlyList<PathOperations> all = paths();
                return new SpecWriterV3()
                    .Write(new SpecParts(all, _catalog.Value.Closure(SpecParts.Mentioned(all)), []));
            },
            ProtoSpecV3.Write,
            _started);
    }

    private static PathOperations[] Paths(
        IKindNames names, string group, string version, IEnumerable<DiscoveryResource> resources) =>
        [.. new OperationBuilder(names, group, version).Paths(resources)];

    private SpecParts Parts(IReadOnlyList<RuntimeOpenApi> runtime)
    {
        PathOperations[] paths =
        [
            .. runtime.SelectMany(
                one => Paths(one with { BuiltIn = _catalog.Value }, one.Group, one.Version, one.Resources)),
        ];
        return new SpecParts(
            paths,
            _catalog.Value.Closure(
                SpecParts.Mentioned(paths).Append(DefinitionNames.ObjectMeta).Append(DefinitionNames.ListMeta)),
            [.. runtime.SelectMany(one => one.Definitions)]);
    }

    private byte[] WriteWhole()
    {
        DiscoverySnapshot snapshot = _registry.Current;
        RuntimeOpenApi[] runtime;
        lock (_lock)
        {
            runtime = [.. _runtime.Values];
        }

        SpecParts late = Parts(runtime);
        PathOperations[] paths =
        [
            .. snapshot.Groups.Where(one => one.IsBuiltIn)
                .SelectMany(group => group.Versions.SelectMany(
                    one => Paths(_catalog.Value, group.Name, one.Version, one.Resources)))
                .Concat(FixedPaths.Of(snapshot).Select(one => one.Path))
                .Concat(late.Paths)
                .OrderBy(one => one.Path, StringComparer.Ordinal),
        ];
        return new SpecWriterV2()
            .Write(new SpecParts(paths, _catalog.Value.Closure(SpecParts.Mentioned(paths)), late.Ready));
    }

    private byte[] WriteIndex()
    {
        KeyValuePair<string, CachedSpec>[] all;
        lock (_lock)
        {
            all = [.. _builtIn.Value.Concat(_runtimeDocuments).OrderBy(one => one.Key, StringComparer.Ordinal)];
        }

        JsonBuffer json = new(16 * 1024);
        json.Open();
        json.Key("paths");
        json.Open();
        foreach ((string name, CachedSpec spec) in all)
        {
            json.Key(name);
            json.Open();
            json.Key("serverRelativeURL");
            json.Value(AddressOf(name, spec));
            json.Close();
        }

        json.Close();
        json.Close();
        return json.ToArray();
    }
}
