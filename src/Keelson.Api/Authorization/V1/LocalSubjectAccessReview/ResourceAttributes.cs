using Keelson.Api.Kinds;

namespace Keelson.Api.Authorization.V1;

/// <summary>Action on a resource.</summary>
[ApiType("io.k8s.api.authorization.v1.ResourceAttributes")]
public sealed partial record ResourceAttributes
{
    /// <summary>Namespace of the action; empty for cluster-wide resources or for all namespaces.</summary>
    [Field(1)]
    public partial string Namespace { get; init; }

    /// <summary>
    /// API verb such as get, list, watch, create, update, patch, delete or proxy; an asterisk means all.
    /// </summary>
    [Field(2)]
    public partial string Verb { get; init; }

    /// <summary>API group of the resource; an asterisk means all.</summary>
    [Field(3)]
    public partial string Group { get; init; }

    /// <summary>API version of the resource; an asterisk means all.</summary>
    [Field(4)]
    public partial string Version { get; init; }

    /// <summary>Resource in plural; an asterisk means all.</summary>
    [Field(5)]
    public partial string Resource { get; init; }

    /// <summary>Subresource, if any.</summary>
    [Field(6)]
    public partial string Subresource { get; init; }

    /// <summary>Name of the object; empty means all.</summary>
    [Field(7)]
    public partial string Name { get; init; }

    /// <summary>Field selector that limits the request, which may lead to a more permissive answer.</summary>
    [Field(8)]
    public partial FieldSelectorAttributes? FieldSelector { get; init; }

    /// <summary>Label selector that limits the request, which may lead to a more permissive answer.</summary>
    [Field(9)]
    public partial LabelSelectorAttributes? LabelSelector { get; init; }
}
