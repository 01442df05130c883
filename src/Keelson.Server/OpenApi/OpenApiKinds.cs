using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Server.Discovery;

namespace Keelson.Server.OpenApi;

/// <summary>The names of the definitions that operations speak of.</summary>
internal static class DefinitionNames
{
    public const string Status = "io.k8s.apimachinery.pkg.apis.meta.v1.Status";
    public const string DeleteOptions = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";
    public const string Patch = "io.k8s.apimachinery.pkg.apis.meta.v1.Patch";
    public const string WatchEvent = "io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent";
    public const string ObjectMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    public const string ListMeta = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";
    public const string ApiVersions = "io.k8s.apimachinery.pkg.apis.meta.v1.APIVersions";
    public const string ApiGroup = "io.k8s.apimachinery.pkg.apis.meta.v1.APIGroup";
    public const string ApiGroupList = "io.k8s.apimachinery.pkg.apis.meta.v1.APIGroupList";
    public const string ApiResourceList = "io.k8s.apimachinery.pkg.apis.meta.v1.APIResourceList";
    public const string Version = "io.k8s.apimachinery.pkg.version.Info";
}

/// <summary>A kind by group, version and name.</summary>
internal readonly record struct GroupVersionKind(string Group, string Version, string Kind);

/// <summary>A type that OpenAPI defines: its shape, and the kinds it is.</summary>
internal sealed record Definition(TypeSchema Schema, IReadOnlyList<GroupVersionKind> Kinds);

/// <summary>Finds definitions by name and kind: the compiled kinds, their lists, and what all APIs share.</summary>
internal sealed class DefinitionCatalog : IKindNames
{
    private readonly Dictionary<string, Definition> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<GroupVersionKind, string> _byKind = [];

    /// <summary>The definitions of these kinds.</summary>
    public DefinitionCatalog(IEnumerable<ApiKind> kinds)
    {
        foreach (ApiKind kind in kinds)
        {
            GroupVersionKind name = new(kind.Info.Group, kind.Info.Version, kind.Info.Kind);
            _byKind[name] = kind.Schema.Name;
            _byName[kind.Schema.Name] = new Definition(kind.Schema, [name]);
            if (kind.Info.Verbs.Contains("list"))
            {
                TypeSchema list = ListOf(kind.Schema, name.Kind);
                _byName[list.Name] = new Definition(list, [name with { Kind = name.Kind + "List" }]);
            }
        }

        AddShared(Meta("Status", Status.WireSchema));
        AddShared(Meta("APIVersions", APIVersions.WireSchema));
        AddShared(Meta("APIGroup", APIGroup.WireSchema));
        AddShared(Meta("APIGroupList", APIGroupList.WireSchema));
        AddShared(Meta("APIResourceList", APIResourceList.WireSchema));
        AddShared(new Definition(DeleteOptions.WireSchema, RegisteredVersions.Of("DeleteOptions")));
        AddShared(new Definition(WatchEvent.WireSchema, RegisteredVersions.Of("WatchEvent")));
        AddShared(new Definition(ObjectMeta.WireSchema, []));
        AddShared(new Definition(ListMeta.WireSchema, []));
        AddShared(new Definition(SharedSchemas.Patch, []));
        AddShared(new Definition(SharedSchemas.Version, []));
    }

    /// <inheritdoc/>
    public bool TakesStrategicPatches => true;

    /// <inheritdoc/>
    public string? DefinitionOf(GroupVersionKind kind) => _byKind.GetValueOrDefault(kind);

    /// <summary>The definitions of that name and of all it is made of, sorted by name.</summary>
    public SortedDictionary<string, Definition> Closure(IEnumerable<string> names)
    {
        SortedDictionary<string, Definition> found = new(StringComparer.Ordinal);
        foreach (string name in names)
        {
            if (_byName.TryGetValue(name, out Definition? definition))
            {
                Visit(definition.Schema, found);
            }
        }

        return found;
    }

    private void Visit(TypeSchema schema, SortedDictionary<string, Definition> found)
    {
        if (schema.Name.Length > 0
            && !found.TryAdd(schema.Name, _byName.GetValueOrDefault(schema.Name) ?? new Definition(schema, [])))
        {
            return;
        }

        if (schema.Element is { } element)
        {
            Visit(element, found);
        }

        foreach (FieldSchema field in schema.Fields)
        {
            Visit(field.Type, found);
        }
    }

    private void AddShared(Definition definition) => _byName[definition.Schema.Name] = definition;

    private static Definition Meta(string kind, TypeSchema schema) =>
        new(schema, [new GroupVersionKind("", "v1", kind)]);

    private static TypeSchema ListOf(TypeSchema kind, string name) => TypeSchema.Object(
        kind.Name + "List",
        $"A list of objects of kind {name}.",
        () =>
        [
            WireSchemas.ApiVersionField,
            new FieldSchema("items", TypeSchema.List(() => kind)) { IsRequired = true, Description = "The objects." },
            WireSchemas.KindField,
            new FieldSchema("metadata",
                ListMeta.WireSchema) { Description = "The version of the list, and where it goes on." },
        ]);
}

/// <summary>Shapes that are no records.</summary>
internal static class SharedSchemas
{
    /// <summary>The body of a PATCH.</summary>
    public static TypeSchema Patch { get; } = TypeSchema.Object(
        DefinitionNames.Patch, "A change to an object; its form is named by the request's content type.", () => []);

    /// <summary>The answer of /version.</summary>
    public static TypeSchema Version { get; } = TypeSchema.Object(
        DefinitionNames.Version,
        "What the server was built from.",
        () =>
        [
            .. ((string[])["major", "minor"]).Select(one => Text(one, isRequired: true)),
            .. ((string[])["emulationMajor", "emulationMinor", "minCompatibilityMajor", "minCompatibilityMinor"])
                .Select(one => Text(one, isRequired: false)),
            .. ((string[])["gitVersion", "gitCommit", "gitTreeState", "buildDate", "goVersion", "compiler", "platform"])
                .Select(one => Text(one, isRequired: true)),
        ]);

    private static FieldSchema Text(string name, bool isRequired) =>
        new(name, WireSchemas.String) { IsRequired = isRequired, IsAlwaysWritten = isRequired };
}

/// <summary>
/// Every group version that upstream registers, served or not: the shared options and events count as kinds of each.
/// </summary>
internal static class RegisteredVersions
{
    private static readonly (string Group, string Versions)[] All =
    [
        ("", "v1"),
        ("admission.k8s.io", "v1 v1beta1"),
        ("admissionregistration.k8s.io", "v1 v1alpha1 v1beta1"),
        ("apiextensions.k8s.io", "v1 v1beta1"),
        ("apiregistration.k8s.io", "v1 v1beta1"),
        ("apps", "v1 v1beta1 v1beta2"),
        ("authentication.k8s.io", "v1 v1alpha1 v1beta1"),
        ("authorization.k8s.io", "v1 v1beta1"),
        ("autoscaling", "v1 v2"),
        ("batch", "v1 v1beta1"),
        ("certificates.k8s.io", "v1 v1alpha1 v1beta1"),
        ("coordination.k8s.io", "v1 v1alpha2 v1beta1"),
        ("discovery.k8s.io", "v1 v1beta1"),
        ("events.k8s.io", "v1 v1beta1"),
        ("extensions", "v1beta1"),
        ("flowcontrol.apiserver.k8s.io", "v1 v1beta1 v1beta2 v1beta3"),
        ("imagepolicy.k8s.io", "v1alpha1"),
        ("internal.apiserver.k8s.io", "v1alpha1"),
        ("networking.k8s.io", "v1 v1beta1"),
        ("node.k8s.io", "v1 v1alpha1 v1beta1"),
        ("policy", "v1 v1beta1"),
        ("rbac.authorization.k8s.io", "v1 v1alpha1 v1beta1"),
        ("resource.k8s.io", "v1 v1alpha3 v1beta1 v1beta2"),
        ("scheduling.k8s.io", "v1 v1alpha2 v1beta1"),
        ("storage.k8s.io", "v1 v1alpha1 v1beta1"),
        ("storagemigration.k8s.io", "v1beta1"),
    ];

    /// <summary>The kind in each of them.</summary>
    public static IReadOnlyList<GroupVersionKind> Of(string kind) =>
        [.. All.SelectMany(one =>
            one.Versions.Split(' ').Select(version => new GroupVersionKind(one.Group, version, kind)))];
}
