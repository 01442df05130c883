using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.FlowControl.V1;

/// <summary>Requests of a flow schema and where they go.</summary>
[ApiType("io.k8s.api.flowcontrol.v1.FlowSchemaSpec")]
public sealed partial record FlowSchemaSpec
{
    /// <summary>Priority level the requests are assigned to.</summary>
    [Field(1, Always = true, Required = true)]
    public partial PriorityLevelConfigurationReference PriorityLevelConfiguration { get; init; }

    /// <summary>
    /// Rank among schemas that match the same request; the lowest number wins. From 1 to 10000; defaults to 1000.
    /// </summary>
    [Field(2, Always = true)]
    public partial int MatchingPrecedence { get; init; }

    /// <summary>How requests are split into flows. If not set, they all form one flow.</summary>
    [Field(3)]
    public partial FlowDistinguisherMethod? DistinguisherMethod { get; init; }

    /// <summary>Requests the schema covers; one match suffices. If empty, none.</summary>
    [Field(4, List = ListType.Atomic)]
    public partial ApiList<PolicyRulesWithSubjects> Rules { get; init; }
}
