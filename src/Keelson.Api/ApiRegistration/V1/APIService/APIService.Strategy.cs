using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.ApiRegistration.V1;

public sealed partial record APIService
{
    /// <inheritdoc/>
    public static bool AllowUnconditionalUpdate => false;

    /// <inheritdoc/>
    public static IReadOnlyList<string> ResetFields { get; } = ["status"];

    /// <inheritdoc/>
    public static IReadOnlyList<SubresourceStrategy<APIService>> Subresources { get; } =
    [
        new(
            "status",
            static (obj, old, _) => obj with
            {
                Metadata = ObjectMetaStrategy.StatusUpdated(obj.Metadata, old.Metadata),
                Spec = old.Spec,
            },
            ValidateStatusUpdate,
            ["spec"]),
    ];

    /// <inheritdoc/>
    public static IEnumerable<string> NameErrors(string name, bool isPrefix) => NameRules.PathSegment(name, isPrefix);

    /// <inheritdoc/>
    public static APIService PrepareForCreate(APIService obj, WriteContext context) => obj with
    {
        // What this server serves itself is there from the start; nobody needs to look.
        Status = obj.Spec.Service is not null ? APIServiceStatus.Empty : APIServiceStatus.Empty with
        {
            Conditions =
            [
                APIServiceCondition.Empty with
                {
                    Type = APIServiceConditionType.Available,
                    Status = ConditionStatus.True,
                    LastTransitionTime = context.Now,
                    Reason = "Local",
                    Message = "Local APIServices are always available",
                },
            ],
        },
    };

    /// <inheritdoc/>
    public static APIService PrepareForUpdate(APIService obj, APIService old, WriteContext context) =>
        obj with { Status = old.Status };
}
