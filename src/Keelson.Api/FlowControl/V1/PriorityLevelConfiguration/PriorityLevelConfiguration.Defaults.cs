namespace Keelson.Api.FlowControl.V1;

public sealed partial record PriorityLevelConfiguration
{
    private const int DefaultShares = 30;
    private const int DefaultHandSize = 8;
    private const int DefaultQueues = 64;
    private const int DefaultQueueLength = 50;

    /// <inheritdoc/>
    public static PriorityLevelConfiguration SetDefaults(PriorityLevelConfiguration obj) => obj with
    {
        Spec = obj.Spec with
        {
            Limited = obj.Spec.Limited is { } limited ? SetDefaults(limited) : null,
            Exempt = obj.Spec.Exempt is { } exempt
                ? exempt with
                {
                    NominalConcurrencyShares = exempt.NominalConcurrencyShares ?? 0,
                    LendablePercent = exempt.LendablePercent ?? 0,
                }
                : null,
        },
    };

    private static LimitedPriorityLevelConfiguration SetDefaults(LimitedPriorityLevelConfiguration limited) => limited with
    {
        NominalConcurrencyShares = limited.NominalConcurrencyShares ?? DefaultShares,
        LendablePercent = limited.LendablePercent ?? 0,
        LimitResponse = limited.LimitResponse.Queuing is { } queuing
            ? limited.LimitResponse with { Queuing = SetDefaults(queuing) }
            : limited.LimitResponse,
    };

    private static QueuingConfiguration SetDefaults(QueuingConfiguration queuing) => queuing with
    {
        HandSize = queuing.HandSize == 0 ? DefaultHandSize : queuing.HandSize,
        Queues = queuing.Queues == 0 ? DefaultQueues : queuing.Queues,
        QueueLengthLimit = queuing.QueueLengthLimit == 0 ? DefaultQueueLength : queuing.QueueLengthLimit,
    };
}
