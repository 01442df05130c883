using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Resources, by group, version and name.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.Rule")]
public sealed partial record Rule
{
    /// <summary>API groups; an asterisk stands for all and must then be alone.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<string> ApiGroups { get; init; }

    /// <summary>API versions; an asterisk stands for all and must then be alone.</summary>
    [Field(2, List = ListType.Atomic)]
    public partial ApiList<string> ApiVersions { get; init; }

    /// <summary>
    /// Resources in plural; pods/log is a subresource, pods/* all subresources of pods, */scale all scale
    /// subresources, * all resources without subresources, */* everything.
    /// </summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<string> Resources { get; init; }

    /// <summary>
    /// Cluster for cluster-wide resources, Namespaced for those in namespaces, * for both. Defaults to *.
    /// </summary>
    [Field(4, Enum = typeof(ScopeType))]
    public partial string? Scope { get; init; }
}
