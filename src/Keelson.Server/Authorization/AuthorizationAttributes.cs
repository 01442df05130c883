using Keelson.Machinery.Selectors;
using Keelson.Machinery.Validation;
using Keelson.Server.Authentication;

namespace Keelson.Server.Authorization;

/// <summary>What someone wants to do.</summary>
public sealed record AuthorizationAttributes
{
    /// <summary>Who.</summary>
    public required UserInfo User { get; init; }

    /// <summary>The verb; of a request that is no resource's, the HTTP method in lower case.</summary>
    public required string Verb { get; init; }

    /// <summary>Whether it is about a resource, rather than about a path.</summary>
    public bool IsResourceRequest { get; init; } = true;

    /// <summary>The resource's group.</summary>
    public string ApiGroup { get; init; } = "";

    /// <summary>The version asked for.</summary>
    public string ApiVersion { get; init; } = "";

    /// <summary>The resource.</summary>
    public string Resource { get; init; } = "";

    /// <summary>The subresource; empty for the object itself.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>The namespace; empty for the cluster's scope.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>The object's name; empty for all.</summary>
    public string Name { get; init; } = "";

    /// <summary>The path, of a request that is no resource's.</summary>
    public string Path { get; init; } = "";

    /// <summary>What the request's field selector requires; it may only be used to allow more. Empty when the selector
    /// can't be read: that is told later, by the verb.</summary>
    public IReadOnlyList<FieldRequirement> FieldRequirements { get; init; } = [];

    /// <summary>What the request's label selector requires; empty when it can't be read.</summary>
    public IReadOnlyList<LabelRequirement> LabelRequirements { get; init; } = [];

    /// <summary>True when the verb only reads.</summary>
    public bool IsReadOnly => Verb is "get" or "list" or "watch";

    /// <summary>The same request with the selectors of a list, watch or deletecollection, as the query carries them.
    /// </summary>
    public AuthorizationAttributes WithSelectors(string fieldSelector, string labelSelector) => this with
    {
        FieldRequirements = fieldSelector.Length > 0 && FieldMatcher.TryParse(fieldSelector, out var fields, out _)
            ? fields.Requirements
            : [],
        LabelRequirements = labelSelector.Length > 0 && LabelMatcher.TryParse(labelSelector, out var labels, out _)
            ? labels.Requirements
            : [],
    };

    /// <summary>What the user may not do, in upstream's words: <c>User "u" cannot list resource "pods" in API group ""
    /// at the cluster scope</c>.</summary>
    public string DescribeForbidden()
    {
        var user = GoText.Quote(User.Name);
        if (!IsResourceRequest)
        {
            return $"User {user} cannot {Verb} path {GoText.Quote(Path)}";
        }
        var resource = Subresource.Length > 0 ? $"{Resource}/{Subresource}" : Resource;
        var scope = Namespace.Length > 0
            ? $"in the namespace {GoText.Quote(Namespace)}"
            : "at the cluster scope";
        return $"User {user} cannot {Verb} resource {GoText.Quote(resource)} in API group "
            + $"{GoText.Quote(ApiGroup)} {scope}";
    }
}
