using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Authentication.V1;

/// <summary>Requests a token for a service account. Posted to its token subresource; not stored.</summary>
[ApiType("io.k8s.api.authentication.v1.TokenRequest")]
[Kind("authentication.k8s.io", "v1", "", Singular = "", Namespaced = true, Verbs = "create")]
public sealed partial record TokenRequest : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Token wanted.</summary>
    [Field(2, Always = true)]
    public partial TokenRequestSpec Spec { get; init; }

    /// <summary>Token issued.</summary>
    [Field(3)]
    public partial TokenRequestStatus Status { get; init; }
}
