namespace Keelson.Scheduler.Config;

/// <summary>A configuration file can't be used; the message names the file and every field that is wrong.</summary>
public sealed class SchedulerConfigException(string message) : Exception(message);
