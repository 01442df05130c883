using Keelson.Machinery.Schema;

namespace Keelson.Api.Kinds;

/// <summary>
/// Marks a record as a type of the API. The generator writes its readers and writers (JSON, protobuf), its schema and its
/// equality, and implements its partial properties.
/// </summary>
/// <param name="name">The definition's name in OpenAPI, e.g. <c>io.k8s.api.core.v1.PodSpec</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ApiTypeAttribute(string name) : Attribute
{
    /// <summary>The definition's name in OpenAPI.</summary>
    public string Name { get; } = name;

    /// <summary>True when server-side apply replaces the object as a whole.</summary>
    public bool Atomic { get; init; }

    /// <summary>The apiVersion of a type that carries kind and apiVersion without being a kind: Status, DeleteOptions.</summary>
    public string? SelfVersion { get; init; }
}

/// <summary>A field of an API record. Its JSON name is the property's with a small first letter unless given.</summary>
/// <param name="number">Upstream's protobuf field number; 0 for a field that protobuf does not have.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FieldAttribute(int number) : Attribute
{
    /// <summary>Upstream's protobuf field number.</summary>
    public int Number { get; } = number;

    /// <summary>The JSON name where it is not the property's name.</summary>
    public string? Json { get; init; }

    /// <summary>True when the fields stand directly in the owner's JSON object (an embedded struct of upstream's).</summary>
    public bool Inline { get; init; }

    /// <summary>True when JSON shows the field even if it is empty (no <c>omitempty</c> upstream).</summary>
    public bool Always { get; init; }

    /// <summary>True when OpenAPI lists the field as required.</summary>
    public bool Required { get; init; }

    /// <summary>The default as JSON text, for OpenAPI and server-side apply.</summary>
    public string? Default { get; init; }

    /// <summary>The class whose constants are the field's allowed values, shown in OpenAPI.</summary>
    public Type? Enum { get; init; }

    /// <summary>
    /// Upstream's type of a text, or of the texts in a list or map, where it has a name and no <see cref="Enum"/> tells it:
    /// <c>types.UID</c>. Errors about values that are no texts name it.
    /// </summary>
    public string? GoType { get; init; }

    /// <summary>How a list merges in server-side apply.</summary>
    public ListType List { get; init; }

    /// <summary>The key fields of a list of type map, comma separated.</summary>
    public string? Keys { get; init; }

    /// <summary>True when server-side apply replaces the object or map in this field as a whole.</summary>
    public bool Atomic { get; init; }

    /// <summary>True when server-side apply merges the object in this field although its type is atomic elsewhere.</summary>
    public bool Granular { get; init; }

    /// <summary>Strategic merge's strategies, comma separated.</summary>
    public string? PatchStrategy { get; init; }

    /// <summary>Strategic merge's key.</summary>
    public string? MergeKey { get; init; }
}

/// <summary>Makes an API record a kind that the server offers as a resource.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KindAttribute(string group, string version, string resource) : Attribute
{
    /// <summary>The API group; empty for core.</summary>
    public string Group { get; } = group;

    /// <summary>The version.</summary>
    public string Version { get; } = version;

    /// <summary>The plural resource name.</summary>
    public string Resource { get; } = resource;

    /// <summary>The singular name.</summary>
    public required string Singular { get; init; }

    /// <summary>True when objects live in namespaces.</summary>
    public bool Namespaced { get; init; }

    /// <summary>The verbs, comma separated, in discovery's order.</summary>
    public required string Verbs { get; init; }

    /// <summary>Short names for kubectl, comma separated.</summary>
    public string ShortNames { get; init; } = "";

    /// <summary>Categories for kubectl, comma separated.</summary>
    public string Categories { get; init; } = "";

    /// <summary>The key prefix below <c>/registry/</c>; empty for kinds that are not stored.</summary>
    public string StoragePrefix { get; init; } = "";

    /// <summary>The kind that objects of this one are stored as; null for this kind itself.</summary>
    public Type? StoredAs { get; init; }
}
