using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Node.V1;

public sealed partial record RuntimeClass
{
    /// <inheritdoc cref="IKind{T}.AllowUnconditionalUpdate"/>
    public static bool AllowUnconditionalUpdate => false;

    /// <inheritdoc cref="IKind{T}.Warnings"/>
    public static IEnumerable<string> Warnings(RuntimeClass obj, RuntimeClass? old)
    {
        FieldPath path = FieldPath.Of("scheduling").Child("nodeSelector");
        return (obj.Scheduling?.NodeSelector ?? default).Keys
            .Select(DeprecatedLabels.Advice).OfType<string>().Select(advice => $"{path}: {advice}");
    }

    /// <summary>Amounts below a thousandth are rounded up, as in every list of resources.</summary>
    public static RuntimeClass SetDefaults(RuntimeClass obj) => obj.Overhead is { } overhead
        ? obj with { Overhead = overhead with { PodFixed = ResourceRules.SetDefaults(overhead.PodFixed) } }
        : obj;
}
