using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Operations and resources, optionally limited to certain names.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.NamedRuleWithOperations", Atomic = true)]
public sealed partial record NamedRuleWithOperations
{
    /// <summary>Names the rule is limited to; empty means all.</summary>
    [Field(1, List = ListType.Atomic)]
    public partial ApiList<string> ResourceNames { get; init; }

    /// <summary>Operations and resources, optionally limited to certain names.</summary>
    [Field(2, Inline = true)]
    public partial RuleWithOperations RuleWithOperations { get; init; }
}
