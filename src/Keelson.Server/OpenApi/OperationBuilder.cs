using Keelson.Server.Discovery;

namespace Keelson.Server.OpenApi;

/// <summary>
/// Makes the paths of one group version: what is offered, as discovery tells it, with upstream's names and words.
/// </summary>
/// <param name="catalog">Where definitions are found.</param>
/// <param name="group">The group; empty for core.</param>
/// <param name="version">The version.</param>
internal sealed class OperationBuilder(IKindNames catalog, string group, string version)
{
    /// <summary>Kinds whose deletion answers with the object; the others answer with a status.</summary>
    private static readonly HashSet<string> ReturnedWhenDeleted = new(StringComparer.Ordinal)
    {
        "CSIDriver", "CSINode", "DeviceClass", "PersistentVolume", "PersistentVolumeClaim", "Pod", "PodTemplate",
            "ResourceClaim",
        "ResourceClaimTemplate", "ResourceQuota", "ResourceSlice", "Service", "ServiceAccount", "StorageClass",
            "VolumeAttachment",
        "VolumeAttributesClass",
    };

    private static readonly (string, string, string?) Unauthorized = ("401", "Unauthorized", null);

    private readonly string _root = group.Length == 0 ? "/api/" + version : $"/apis/{group}/{version}";
    private readonly string _tag = OperationNames.Tag(group, version);
    private readonly string _prefix = OperationNames.Prefix(group) + OperationNames.Capital(version);

    /// <summary>The paths of these resources, the group version's own included, sorted.</summary>
    public IEnumerable<PathOperations> Paths(IEnumerable<DiscoveryResource> resources) => resources.SelectMany(Resource)
        .Prepend(new PathOperations(_root + "/",
        [
            new Operation("get", $"get{_prefix}APIResources", "get available resources", _tag)
            {
                Answers = [Ok(DefinitionNames.ApiResourceList), Unauthorized],
                Consumes = MediaTypes.Objects,
            },
        ]))
        .OrderBy(one => one.Path, StringComparer.Ordinal);

    private IEnumerable<PathOperations> Resource(DiscoveryResource resource)
    {
        GroupVersionKind kind = KindOf(resource.KindGroup, resource.KindVersion, resource.Kind);
        Target target = new(this, resource, kind, catalog.DefinitionOf(kind));
        string collection = resource.Namespaced ? $"/namespaces/{{namespace}}/{resource.Name}" : "/" + resource.Name;
        PathOperations?[] paths =
        [
            Path(collection, target.Collection()),
            Path(collection + "/{name}", target.One()),
            resource.Namespaced ? Path("/" + resource.Name, target.AllNamespaces()) : null,
            Path("/watch" + collection, target.Watch("watchlist", target.Names + "List", one: false)),
            Path("/watch" + collection + "/{name}", target.Watch("watch", target.Names, one: true)),
            resource.Namespaced
                ? Path("/watch/" + resource.Name,
                    target.Watch("watchlist", resource.Kind + "ListForAllNamespaces", one: false, all: true))
                : null,
            .. resource.Subresources.SelectMany(sub => Subresource(resource, sub, collection)),
        ];
        return paths.OfType<PathOperations>();
    }

    private IEnumerable<PathOperations?> Subresource(
        DiscoveryResource resource, DiscoverySubresource sub, string collection)
    {
        string path = $"{collection}/{{name}}/{sub.Name}";
        if (sub.Kind.EndsWith("Options", StringComparison.Ordinal))
        {
            yield return Path(path, Connect(resource, sub, withPath: false));
            if (sub.Name == "proxy")
            {
                yield return Path(path + "/{path}", Connect(resource, sub, withPath: true));
            }

            yield break;
        }

        yield return Path(path, Part(resource, sub));
    }

    private IEnumerable<Operation> Part(DiscoveryResource resource, DiscoverySubresource sub)
    {
        GroupVersionKind kind = KindOf(sub.Group, sub.Version, sub.Kind);
        string? definition = catalog.DefinitionOf(kind);
        string names = (resource.Namespaced ? "Namespaced" : "") + resource.Kind + OperationNames.Capital(sub.Name);
        Parameter[] place = [.. Place(resource, sub.Kind), ParameterTable.Pretty];
        foreach (string verb in sub.Verbs)
        {
            Operation? operation = verb switch
            {
                "get" => sub.Name == "log" ? Log(names, kind, place) : new Operation(
                    "get", $"read{_prefix}{names}", $"read {sub.Name} of the specified {resource.Kind}", _tag)
                {
                    Action = "get",
                    Answers = [Ok(definition), Unauthorized],
                },
                "create" => new Operation(
                    "post", $"create{_prefix}{names}", $"create {sub.Name} of a {resource.Kind}", _tag)
                {
                    Action = "post",
                    Body = definition,
                    IsBodyRequired = true,
                    Parameters = ParameterTable.Write,
                    Answers = Created(definition),
                },
                "update" => new Operation(
                    "put", $"replace{_prefix}{names}", $"replace {sub.Name} of the specified {resource.Kind}", _tag)
                {
                    Action = "put",
                    Body = definition,
                    IsBodyRequired = true,
                    Parameters = ParameterTable.Write,
                    Answers = [Ok(definition), ("201", "Created", definition), Unauthorized],
                },
                "patch" => PatchOf($"patch{_prefix}{names}",
                    $"partially update {sub.Name} of the specified {resource.Kind}", definition),
                _ => null,
            };
            if (operation is not null)
            {
                yield return operation with { Kind = kind, Parameters = [.. operation.Parameters, .. place] };
            }
        }
    }

    private Operation Log(string names, GroupVersionKind kind, Parameter[] place) => new(
        "get", $"read{_prefix}{names}", $"read log of the specified {kind.Kind}", _tag)
    {
        Action = "get",
        Parameters = ParameterTable.Log,
        Produces = MediaTypes.Logs,
        Answers = [("200", "OK", ""), Unauthorized],
    };

    private IEnumerable<Operation> Connect(DiscoveryResource resource, DiscoverySubresource sub, bool withPath)
    {
        string names = (resource.Namespaced ? "Namespaced" : "") + resource.Kind + OperationNames.Capital(sub.Name)
            + (withPath ? "WithPath" : "");
        string[] methods = sub.Name == "proxy" ? ["delete", "get", "head", "options", "patch", "post", "put"]
            : ["get", "post"];
        foreach (string method in methods)
        {
            string capital = OperationNames.Capital(method);
            yield return new Operation(
                method,
                $"connect{_prefix}{capital}{names}",
                $"connect {method.ToUpperInvariant()} requests to {sub.Name} of {resource.Kind}",
                _tag)
            {
                Action = "connect",
                Kind = KindOf(sub.Group, sub.Version, sub.Kind),
                Parameters =
                [
                    .. Place(resource, sub.Kind), .. withPath ? (Parameter[])[ParameterTable.ProxyPath] : [],
                    .. ParameterTable.Connect(sub.Kind),
                ],
                Produces = MediaTypes.Any,
                Answers = [("200", "OK", ""), Unauthorized],
            };
        }
    }

    private Operation PatchOf(string id, string description, string? definition) => new("patch", id, description, _tag)
    {
        Action = "patch",
        Body = DefinitionNames.Patch,
        IsBodyRequired = true,
        Consumes = catalog.TakesStrategicPatches ? MediaTypes.Patches : MediaTypes.CustomPatches,
        Parameters = ParameterTable.Patch,
        Answers = [Ok(definition), ("201", "Created", definition), Unauthorized],
    };

    private PathOperations? Path(string path, IEnumerable<Operation> operations)
    {
        Operation[] all = [.. operations];
        return all.Length == 0 ? null : new PathOperations(_root + path, all);
    }

    private GroupVersionKind KindOf(string kindGroup, string kindVersion, string kind) =>
        kindVersion.Length == 0 ? new(group, version, kind) : new(kindGroup, kindVersion, kind);

    private static IEnumerable<Parameter> Place(DiscoveryResource resource, string kind)
    {
        yield return ParameterTable.Name(kind);
        if (resource.Namespaced)
        {
            yield return ParameterTable.Namespace;
        }
    }

    private static (string, string, string?) Ok(string? definition) => ("200", "OK", definition);

    private static (string, string, string?)[] Created(string? definition) =>
        [Ok(definition), ("201", "Created", definition), ("202", "Accepted", definition), Unauthorized];

    /// <summary>The operations on a resource itself.</summary>
    private sealed class Target(
        OperationBuilder builder, DiscoveryResource resource, GroupVersionKind kind, string? definition)
    {
        private readonly string? _list = builder.ListDefinition(kind);

        /// <summary>The kind in operations' names.</summary>
        public string Names { get; } = (resource.Namespaced ? "Namespaced" : "") + resource.Kind;

        public IEnumerable<Operation> Collection()
        {
            Parameter[] place = resource.Namespaced ? [ParameterTable.Namespace, ParameterTable.Pretty]
                : [ParameterTable.Pretty];
            if (Can("list"))
            {
                yield return List($"list{builder._prefix}{Names}", place);
            }

            if (Can("create"))
            {
                yield return Named("post", "post", $"create{builder._prefix}{Names}",
                    $"create {Article(resource.Kind)} {resource.Kind}", place) with
                {
                    Body = definition,
                    IsBodyRequired = true,
                    Parameters = [.. ParameterTable.Write, .. place],
                    Answers = Created(definition),
                };
            }

            if (Can("deletecollection"))
            {
                yield return Named(
                    "delete", "deletecollection", $"delete{builder._prefix}Collection{Names}",
                        $"delete collection of {resource.Kind}", place) with
                {
                    Body = DefinitionNames.DeleteOptions,
                    Parameters = [.. ParameterTable.DeleteCollection, .. place],
                    Answers = [Ok(DefinitionNames.Status), Unauthorized],
                };
            }
        }

        public IEnumerable<Operation> One()
        {
            Parameter[] place = [.. Place(resource, resource.Kind), ParameterTable.Pretty];
            if (Can("get"))
            {
                yield return Named("get", "get", $"read{builder._prefix}{Names}", $"read the specified {resource.Kind}",
                    place) with
                {
                    Answers = [Ok(definition), Unauthorized],
                };
            }

            if (Can("update"))
            {
                yield return Named("put", "put", $"replace{builder._prefix}{Names}",
                    $"replace the specified {resource.Kind}", place) with
                {
                    Body = definition,
                    IsBodyRequired = true,
                    Parameters = [.. ParameterTable.Write, .. place],
                    Answers = [Ok(definition), ("201", "Created", definition), Unauthorized],
                };
            }

            if (Can("delete"))
            {
                string? answer = builder.IsReturnedWhenDeleted(resource.Kind) ? definition : DefinitionNames.Status;
                yield return Named("delete", "delete", $"delete{builder._prefix}{Names}",
                    $"delete {Article(resource.Kind)} {resource.Kind}", place) with
                {
                    Body = DefinitionNames.DeleteOptions,
                    Parameters = [.. ParameterTable.Delete, .. place],
                    Answers = [Ok(answer), ("202", "Accepted", answer), Unauthorized],
                };
            }

            if (Can("patch"))
            {
                Operation patch = builder.PatchOf(
                    $"patch{builder._prefix}{Names}", $"partially update the specified {resource.Kind}", definition);
                yield return patch with { Kind = kind, Parameters = [.. patch.Parameters, .. place] };
            }
        }

        public IEnumerable<Operation> AllNamespaces()
        {
            if (Can("list"))
            {
                yield return List($"list{builder._prefix}{resource.Kind}ForAllNamespaces", [ParameterTable.Pretty]);
            }
        }

        public IEnumerable<Operation> Watch(string action, string names, bool one, bool all = false)
        {
            if (!Can("watch"))
            {
                yield break;
            }

            const string Instead = "deprecated: use the 'watch' parameter with a list operation instead";
            string description = one
                ? $"watch changes to an object of kind {resource.Kind}. {Instead}, "
                    + "filtered to a single item with the 'fieldSelector' parameter."
                : $"watch individual changes to a list of {resource.Kind}. {Instead}.";
            Parameter[] place =
            [
                .. one ? (Parameter[])[ParameterTable.Name(resource.Kind)] : [],
                .. resource.Namespaced && !all ? (Parameter[])[ParameterTable.Namespace] : [],
                ParameterTable.Pretty,
            ];
            yield return Named("get", action, $"watch{builder._prefix}{names}", description, place) with
            {
                Parameters = [.. ParameterTable.List, .. place],
                Produces = MediaTypes.Watches,
                Answers = [Ok(DefinitionNames.WatchEvent), Unauthorized],
                IsDeprecated = true,
            };
        }

        private Operation List(string id, Parameter[] place) =>
            Named("get", "list", id, $"list or watch objects of kind {resource.Kind}", place) with
            {
                Parameters = [.. ParameterTable.List, .. place],
                Produces = MediaTypes.Watches,
                Answers = [Ok(_list), Unauthorized],
            };

        private Operation Named(string method, string action, string id, string description, Parameter[] place) =>
            new(method, id, description, builder._tag) { Action = action, Kind = kind, Parameters = place };

        private bool Can(string verb) => resource.Verbs.Contains(verb);

        private static string Article(string kind) => kind[0] is 'A' or 'E' or 'I' or 'O' or 'U' ? "an" : "a";
    }

    private bool IsReturnedWhenDeleted(string kind) =>
        catalog.TakesStrategicPatches && ReturnedWhenDeleted.Contains(kind);

    private string? ListDefinition(GroupVersionKind kind) =>
        catalog.DefinitionOf(kind with { Kind = kind.Kind + "List" })
        ?? (catalog.DefinitionOf(kind) is { } definition ? definition + "List" : null);
}

/// <summary>Finds the definitions of kinds.</summary>
internal interface IKindNames
{
    /// <summary>True for compiled kinds; custom resources take no strategic merge patches.</summary>
    bool TakesStrategicPatches { get; }

    /// <summary>The name of a kind's definition, or null.</summary>
    string? DefinitionOf(GroupVersionKind kind);
}

/// <summary>How groups and versions are spelled in operations' names and tags.</summary>
internal static class OperationNames
{
    /// <summary><c>rbac.authorization.k8s.io</c> is RbacAuthorization, core Core.</summary>
    public static string Prefix(string group) =>
        group.Length == 0 ? "Core" : string.Concat(Words(group).Select(Capital));

    /// <summary>
    /// <c>rbac.authorization.k8s.io/v1</c> is <c>rbacAuthorization_v1</c>; without a version just the group.
    /// </summary>
    public static string Tag(string group, string version)
    {
        string prefix = Prefix(group);
        string name = char.ToLowerInvariant(prefix[0]) + prefix[1..];
        return version.Length == 0 ? name : name + "_" + version;
    }

    /// <summary>The text with a capital first letter.</summary>
    public static string Capital(string text) => text.Length == 0 ? "" : char.ToUpperInvariant(text[0]) + text[1..];

    private static string[] Words(string group) =>
        (group.EndsWith(".k8s.io", StringComparison.Ordinal) ? group[..^".k8s.io".Length] : group).Split('.', '-');
}
