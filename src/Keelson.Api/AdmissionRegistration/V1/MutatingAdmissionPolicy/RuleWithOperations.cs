using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Operations together with the resources they concern.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.RuleWithOperations")]
public sealed partial record RuleWithOperations
{
    /// <summary>CREATE, UPDATE, DELETE, CONNECT or * for all.</summary>
    [Field(1, Enum = typeof(OperationType), List = ListType.Atomic)]
    public partial ApiList<string> Operations { get; init; }

    /// <summary>Operations together with the resources they concern.</summary>
    [Field(2, Inline = true)]
    public partial Rule Rule { get; init; }
}
