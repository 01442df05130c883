namespace Keelson.Api.FlowControl.V1;

public sealed partial record FlowSchema
{
    private const int DefaultPrecedence = 1000;

    /// <inheritdoc/>
    public static FlowSchema SetDefaults(FlowSchema obj) => obj.Spec.MatchingPrecedence == 0
        ? obj with { Spec = obj.Spec with { MatchingPrecedence = DefaultPrecedence } }
        : obj;
}
