using Keelson.Client.Leases;
using Keelson.Commands.ApiServer;
using Keelson.Commands.Components;
using Keelson.Flags;
using Keelson.Scheduler.Config;

namespace Keelson.Commands.Scheduler;

/// <summary>kube-scheduler's flags. A configuration file counts more than the flags that say the same.</summary>
internal sealed class SchedulerFlags
{
    private const int Qps = 50;
    private const int Burst = 100;
    private const int SecurePort = 10259;

    public SchedulerFlags()
    {
        FlagSection misc = Set.Section("Misc");
        Config = misc.Text("config", "", "The file of the kind KubeSchedulerConfiguration.");
        Client = new(misc, Qps, Burst);
        Leader = new(Set.Section("Leader election"), "kube-scheduler");
        Serving = new(Set, SecurePort);
        Logs = new(Set.Section("Logs"), "scheduler");
        UnusedComponentFlags.Declare(Set.Section("Accepted without meaning"));
    }

    /// <summary>The flags.</summary>
    public FlagSet Set { get; } = new();

    public ClientFlags Client { get; }

    public LeaderFlags Leader { get; }

    public ComponentServingFlags Serving { get; }

    public LogFlags Logs { get; }

    private Flag<string> Config { get; }

    /// <summary>Adds what is wrong with the values.</summary>
    public void Validate(List<string> errors)
    {
        Logs.Validate(errors);
        Leader.Validate(errors);
        Serving.Validate(errors);
    }

    /// <summary>The configuration of the file, or the defaults.</summary>
    /// <exception cref="FlagException">The file can't be read or is not right.</exception>
    public KubeSchedulerConfiguration ToConfiguration()
    {
        if (Config.Value.Length == 0)
        {
            return new();
        }

        try
        {
            return KubeSchedulerConfigurationFile.Read(Config.Value);
        }
        catch (Exception exception) when (exception is SchedulerConfigException or IOException or UnauthorizedAccessException)
        {
            throw new FlagException(exception.Message, exception);
        }
    }

    /// <summary>What /configz shows.</summary>
    public string Configz(KubeSchedulerConfiguration configuration) =>
        ComponentConfigz.Write("componentconfig", Leader, Client, json =>
        {
            json.WriteNumber("Parallelism", configuration.Parallelism);
            json.WriteNumber("PercentageOfNodesToScore", configuration.PercentageOfNodesToScore);
            json.WriteStartArray("Profiles");
            foreach (SchedulerProfile profile in configuration.Profiles)
            {
                json.WriteStartObject();
                json.WriteString("SchedulerName", profile.SchedulerName);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });

    /// <summary>The election; what the command line says counts more than the file.</summary>
    public LeaderElectionConfig? ToElection(KubeSchedulerConfiguration configuration, ServerProcess process)
    {
        SchedulerLeaderElection file = configuration.LeaderElection;
        bool hasFile = Config.Value.Length > 0;
        bool elects = hasFile && !Leader.Elect.IsSet ? file.LeaderElect : Leader.Elect.Value;
        if (!elects)
        {
            return null;
        }

        return new()
        {
            Identity = $"{Environment.MachineName}_{Guid.NewGuid()}",
            Name = Pick(Leader.ResourceName, file.ResourceName),
            Namespace = Pick(Leader.ResourceNamespace, file.ResourceNamespace),
            LeaseDuration = Pick(Leader.LeaseDuration, file.LeaseDuration),
            RenewDeadline = Pick(Leader.RenewDeadline, file.RenewDeadline),
            RetryPeriod = Pick(Leader.RetryPeriod, file.RetryPeriod),
            Clock = process.Clock,
            Log = process.Log,
        };

        T Pick<T>(Flag<T> flag, T fromFile) => hasFile && !flag.IsSet ? fromFile : flag.Value;
    }
}
