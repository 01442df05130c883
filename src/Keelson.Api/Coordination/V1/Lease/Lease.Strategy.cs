using Keelson.Api.Kinds;

namespace Keelson.Api.Coordination.V1;

public sealed partial record Lease
{
    /// <inheritdoc cref="IKind{T}.AllowCreateOnUpdate"/>
    public static bool AllowCreateOnUpdate => true;

    /// <inheritdoc cref="IKind{T}.AllowUnconditionalUpdate"/>
    public static bool AllowUnconditionalUpdate => false;

    /// <inheritdoc cref="IKind{T}.PrepareForCreate"/>
    public static Lease PrepareForCreate(Lease obj, WriteContext context) =>
        obj with { Spec = DropElection(obj.Spec, LeaseSpec.Empty) };

    /// <inheritdoc cref="IKind{T}.PrepareForUpdate"/>
    public static Lease PrepareForUpdate(Lease obj, Lease old, WriteContext context) =>
        obj with { Spec = DropElection(obj.Spec, old.Spec) };

    /// <summary>
    /// Upstream's gate CoordinatedLeaderElection is off, so its fields stay only where they already are.
    /// </summary>
    private static LeaseSpec DropElection(LeaseSpec spec, LeaseSpec old)
    {
        bool keeps = old.Strategy is not null || old.PreferredHolder is not null;
        return keeps || (spec.Strategy is null && spec.PreferredHolder is null)
            ? spec
            : spec with { Strategy = null, PreferredHolder = null };
    }
}
