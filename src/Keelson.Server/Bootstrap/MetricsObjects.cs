using Keelson.Api.ApiRegistration.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Api.Rbac.V1;
using Keelson.Machinery.Values;
using Keelson.Server.ResourceMetrics;

namespace Keelson.Server.Bootstrap;

/// <summary>What a cluster holds that serves metrics.k8s.io, as metrics servers bring it along.</summary>
internal static class MetricsObjects
{
    /// <summary>All of it.</summary>
    public static IEnumerable<(ApiKind Kind, IObject Wanted)> All(Time now) =>
        [(ApiKinds.ApiRegistrationV1APIService, Service(now)), (ApiKinds.RbacV1ClusterRole, Reader())];

    /// <summary>The registration of the API.</summary>
    private static APIService Service(Time now) => new()
    {
        Metadata = ObjectMeta.Empty with
        {
            Name = "v1beta1." + MeasuredObjects.Group,
            Labels = ApiMap<string>.From([new("kube-aggregator.kubernetes.io/automanaged", "onstart")]),
        },
        Spec = new APIServiceSpec
        {
            Group = MeasuredObjects.Group,
            Version = "v1beta1",
            GroupPriorityMinimum = 100,
            VersionPriority = 100,
        },
        Status = new APIServiceStatus
        {
            Conditions =
            [
                new APIServiceCondition
                {
                    Type = "Available",
                    Status = "True",
                    LastTransitionTime = now,
                    Reason = "Local",
                    Message = "Local APIServices are always available",
                },
            ],
        },
    };

    /// <summary>The permission to read it, which admins, editors and viewers have by aggregation.</summary>
    private static ClusterRole Reader() => new()
    {
        Metadata = ObjectMeta.Empty with
        {
            Name = "system:aggregated-metrics-reader",
            Labels = ApiMap<string>.From(
            [
                new("rbac.authorization.k8s.io/aggregate-to-admin", "true"),
                new("rbac.authorization.k8s.io/aggregate-to-edit", "true"),
                new("rbac.authorization.k8s.io/aggregate-to-view", "true"),
            ]),
        },
        Rules =
        [
            new PolicyRule
            {
                ApiGroups = [MeasuredObjects.Group],
                Resources = ["pods", "nodes"],
                Verbs = ["get", "list", "watch"],
            },
        ],
    };
}
