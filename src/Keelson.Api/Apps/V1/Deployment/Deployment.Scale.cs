using Keelson.Api.Autoscaling.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Apps.V1;

public sealed partial record Deployment : IScalable
{
    /// <inheritdoc/>
    public Scale ToScale() =>
        IScalable.Scaled(Metadata, Spec.Replicas, Status.Replicas, LabelSelectorText.Of(Spec.Selector));

    /// <inheritdoc/>
    public IObject WithReplicas(int replicas) => this with { Spec = Spec with { Replicas = replicas } };
}
