using Keelson.Api.Batch.V1;

namespace Keelson.Api.Tests.Batch.V1;

public sealed class CronJobTests
{
    [Theory]
    [InlineData("'schedule': '@daily', 'timeZone': 'Moon/Base'", "spec.timeZone: Invalid value: \"Moon/Base\": unknown time zone Moon/Base")]
    [InlineData("'schedule': '@daily', 'timeZone': '../etc'", "spec.timeZone: Invalid value: \"../etc\": unknown time zone ../etc")]
    [InlineData("'schedule': '@daily', 'timeZone': ''", "spec.timeZone: Invalid value: \"\": timeZone must be nil or non-empty string")]
    [InlineData("'schedule': '@daily', 'timeZone': 'local'",
        "spec.timeZone: Invalid value: \"local\": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones",
        "spec.timeZone: Invalid value: \"local\": unknown time zone local")]
    [InlineData("'schedule': 'TZ=UTC 0 0 * * *'",
        "spec.schedule: Invalid value: \"TZ=UTC 0 0 * * *\": cannot use TZ or CRON_TZ in schedule, use timeZone field instead")]
    public void Schedules_and_zones_are_checked(string fields, params string[] expected) =>
        Assert.Equal(expected, KindCase.CreateErrors<CronJob>(Spec("c", fields)));

    [Fact]
    public void Names_leave_room_for_the_time_of_a_job() => Assert.Equal(
        [$"metadata.name: Invalid value: \"{new string('c', 53)}\": must be no more than 52 characters"],
        KindCase.CreateErrors<CronJob>(Spec(new string('c', 53), "'schedule': '@daily'")));

    [Fact]
    public void The_jobs_of_a_template_are_not_defaulted_yet()
    {
        JobSpec job = KindCase.Read<CronJob>(Spec("c", "'schedule': '@daily'")).Spec.JobTemplate.Spec;
        Assert.Null(job.Completions);
        Assert.Equal("Never", job.Template.Spec.RestartPolicy);
        Assert.Equal("ClusterFirst", job.Template.Spec.DnsPolicy);
    }

    private static string Spec(string name, string fields) =>
        "{ 'metadata': { 'name': '"
            + name
            + "' }, 'spec': { "
            + fields
            + ", 'jobTemplate': { 'spec': { 'template': { 'spec': "
        + "{ 'restartPolicy': 'Never', 'containers': [{ 'name': 'c', 'image': 'perl' }] } } } } } }";
}
