using Keelson.Machinery.Values;

namespace Keelson.Api.FlowControl.V1;

public sealed partial record FlowSchema
{
    private const string Exempt = "exempt";
    private const string CatchAll = "catch-all";

    private static readonly ApiList<ResourcePolicyRule> AnyResource =
    [
        ResourcePolicyRule.Empty with { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"], ClusterScope = true, Namespaces = ["*"] },
    ];

    private static readonly ApiList<NonResourcePolicyRule> AnyPath =
        [NonResourcePolicyRule.Empty with { Verbs = ["*"], NonResourceURLs = ["*"] }];

    /// <summary>The specs of the schemas that must exist and may not differ: without them requests would match nothing.</summary>
    public static FlowSchemaSpec? MandatorySpec(string name) => name switch
    {
        Exempt => ExemptSpec,
        CatchAll => CatchAllSpec,
        _ => null,
    };

    private static FlowSchemaSpec ExemptSpec { get; } = FlowSchemaSpec.Empty with
    {
        PriorityLevelConfiguration = PriorityLevelConfigurationReference.Empty with { Name = Exempt },
        MatchingPrecedence = 1,
        Rules = [Everything("system:masters")],
    };

    private static FlowSchemaSpec CatchAllSpec { get; } = FlowSchemaSpec.Empty with
    {
        PriorityLevelConfiguration = PriorityLevelConfigurationReference.Empty with { Name = CatchAll },
        MatchingPrecedence = 10_000,
        DistinguisherMethod = FlowDistinguisherMethod.Empty with { Type = FlowDistinguisherMethodType.ByUser },
        Rules = [Everything("system:unauthenticated", "system:authenticated")],
    };

    private static PolicyRulesWithSubjects Everything(params ReadOnlySpan<string> groups)
    {
        List<Subject> subjects = [];
        foreach (string group in groups)
        {
            subjects.Add(Subject.Empty with { Kind = SubjectKind.Group, Group = GroupSubject.Empty with { Name = group } });
        }

        return PolicyRulesWithSubjects.Empty with
        {
            Subjects = subjects.ToApiList(),
            ResourceRules = AnyResource,
            NonResourceRules = AnyPath,
        };
    }
}
